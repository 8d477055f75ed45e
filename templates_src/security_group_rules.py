"""Rules of security groups, for ports of TCP."""

from typing import Any

from troposphere import ec2


def tcp(description: str, port: int, last: int | None = None, **peer: Any) -> ec2.SecurityGroupRule:  # noqa: ANN401 - a property's value
    """Return a rule for ``port``, or for all up to ``last``; ``peer`` is the property that names the other side."""
    return ec2.SecurityGroupRule(Description=description, IpProtocol="tcp", FromPort=port, ToPort=last or port, **peer)
