"""E3002: cfn-lint refuses 10.0.1.0/16; EC2 takes it for 10.0.0.0/16, its canonical form.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
"""

import re
from ipaddress import ip_network

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3002",)
NO_NETWORK = re.compile(r"'([^']+)' is not a 'ipv[46]-network'")
CANONICAL = ("CidrIp", "CidrIpv6", "CidrBlock", "DestinationCidrBlock")
"""The properties whose values EC2 makes canonical."""


def corrected(finding: Finding, document: Document) -> Finding | None:
    said = NO_NETWORK.search(finding.sentence)
    return None if said and finding.place.endswith(CANONICAL) and _is_network(said[1]) else finding


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
