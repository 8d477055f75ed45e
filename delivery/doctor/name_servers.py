"""Checks that a domain's zone is delegated: that those who ask for its name servers are told the zone's own.

Python's library has no question for name servers, so it is written out here: https://www.rfc-editor.org/rfc/rfc1035.
"""

import os
import re
import socket
import struct
from collections.abc import Collection
from pathlib import Path

from delivery.aws.session import Aws
from delivery.doctor.check import Result, not_checked, not_ok, ok
from settings.environment import Environment

NAME = "name servers"
RESOLVERS = Path("/etc/resolv.conf")
SECONDS = 5.0
_RESOLVER = re.compile(r"^nameserver\s+([0-9a-fA-F.:]+)", re.MULTILINE)
_KIND, _CLASS, _LARGEST = 2, 1, 4096
_ANSWERED = {0, 3}
"""Response codes: of an answer, and of a name that does not exist. Others are failures of the resolver."""
_POINTER, _MOST_POINTERS = 0xC0, 32


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
    except (OSError, IndexError, struct.error, UnicodeError):
        return not_checked(NAME, f"The resolver {resolver[0]} gives no answer; `dig +short NS {zone}` asks elsewhere.")
    wanted = {one.rstrip(".").lower() for one in own}
    if found == wanted:
        return ok(NAME, f"{zone} is delegated to its {len(wanted)} name servers.")
    return not_ok(
        NAME,
        f"{zone} is delegated to {', '.join(sorted(found)) or 'no name server'}: nobody finds what is in its zone.",
        f"Where {zone} was bought, or its parent is kept, give it these name servers: {', '.join(sorted(wanted))}.",
    )


def ask(zone: str, resolver: tuple[str, int]) -> set[str]:
    """Return the name servers of a zone; raises ``OSError``, ``IndexError`` or ``struct.error`` where none are told."""
    number = os.urandom(2)
    labels = b"".join(bytes([len(part)]) + part for part in zone.encode("idna").split(b"."))
    question = labels + b"\0" + struct.pack("!HH", _KIND, _CLASS)
    with socket.socket(socket.AF_INET6 if ":" in resolver[0] else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(SECONDS)
        asking.connect(resolver)
        asking.send(number + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + question)
        answer = asking.recv(_LARGEST)
    if answer[:2] != number:
        raise OSError("an answer to another question")
    if answer[3] & 0x0F not in _ANSWERED:
        raise OSError("no answer but a failure")
    names, at = set(), 12 + len(question)
    for _ in range(struct.unpack_from("!H", answer, 6)[0]):
        at = _name(answer, at)[1]
        kind, length = struct.unpack_from("!H6xH", answer, at)
        at += 10
        if kind == _KIND:
            names.add(_name(answer, at)[0])
        at += length
    return names


def _name(answer: bytes, at: int) -> tuple[str, int]:
    """Return the name that begins at a place, whose end may stand elsewhere, and where what follows it begins."""
    parts, after, pointers = [], 0, 0
    while size := answer[at]:
        if size < _POINTER:
            parts.append(answer[at + 1 : at + 1 + size].decode("ascii", "replace").lower())
            at += 1 + size
            continue
        after, pointers = after or at + 2, pointers + 1
        at = (size - _POINTER) << 8 | answer[at + 1]
        if pointers > _MOST_POINTERS:
            raise OSError("a name without an end")
    return ".".join(parts), after or at + 1


def _resolver() -> tuple[str, int]:
    try:
        found = _RESOLVER.search(RESOLVERS.read_text("utf-8", "replace"))
    except OSError:
        found = None
    return (found[1] if found else "127.0.0.1"), 53
