"""Checks that a domain's zone is delegated: that those who ask for its name servers are told the zone's own."""

from collections.abc import Collection

import dns.message
import dns.query
import dns.resolver
from dns.exception import DNSException
from dns.rcode import NOERROR, NXDOMAIN
from dns.rdatatype import NS

from delivery.aws.session import Aws
from delivery.doctor.check import Result, not_checked, not_ok, ok
from settings.environment import Environment

NAME = "name servers"
SECONDS = 5.0


def results(aws: Aws, environment: Environment) -> list[Result]:
    """Check the zone that the environment file names; without one there is nothing to check."""
    given = [environment.parameters, *environment.stack_parameters.values()]
    zone_id = next((values["HostedZoneId"] for values in given if values.get("HostedZoneId")), "")
    if not zone_id:
        return []
    if environment.endpoint_url:
        return [
            not_checked(NAME, f"Zone {zone_id} is one of {environment.endpoint_url}: no name server answers for it.")
        ]
    zone = aws.route53.get_hosted_zone(Id=zone_id)
    name = zone["HostedZone"]["Name"].rstrip(".")
    return [compared(name, zone.get("DelegationSet", {}).get("NameServers", ()), _resolver())]


def compared(zone: str, own: Collection[str], resolver: tuple[str, int]) -> Result:
    """Check that the DNS has the zone's ``own`` name servers, as ``resolver`` (address and port) tells."""
    try:
        found = ask(zone, resolver)
    except (OSError, DNSException):
        return not_checked(NAME, f"The resolver {resolver[0]} does not answer; `dig +short NS {zone}` asks elsewhere.")
    wanted = {one.rstrip(".").lower() for one in own}
    if found == wanted:
        return ok(NAME, f"{zone} is delegated to its {len(wanted)} name servers.")
    return not_ok(
        NAME,
        f"{zone} is delegated to {', '.join(sorted(found)) or 'no name server'}: nobody finds what is in its zone.",
        f"Where {zone} was bought, or its parent is kept, set these name servers there: {', '.join(sorted(wanted))}.",
    )


def ask(zone: str, resolver: tuple[str, int]) -> set[str]:
    """Return the name servers of a zone; raises ``OSError`` or ``DNSException`` where the resolver fails."""
    address, port = resolver
    answer, _ = dns.query.udp_with_fallback(dns.message.make_query(zone, NS), address, SECONDS, port)
    if answer.rcode() not in {NOERROR, NXDOMAIN}:
        raise OSError("no answer but a failure")
    found = (record for records in answer.answer if records.rdtype == NS for record in records)
    return {record.to_text().rstrip(".").lower() for record in found}


def _resolver() -> tuple[str, int]:
    try:
        return str(dns.resolver.get_default_resolver().nameservers[0]), 53
    except (DNSException, ValueError):
        return "127.0.0.1", 53
