"""`bin/doctor`: whether a zone is delegated to its name servers, as a resolver tells."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from delivery.doctor import name_servers
from delivery.doctor.check import State
from tests.delivery.project import Project, topic

ZONE = "api.shop.ca"
OWN = ("ns-1.awsdns-01.org.", "NS-2.awsdns-02.com")


def named(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.strip(".").split(".")) + b"\0"


def records(names: Sequence[str]) -> bytes:
    """Return an answer's records; each is about the name in the question, which is pointed at."""
    alias = b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 60, 2) + b"\xc0\x0c"
    servers = (b"\xc0\x0c" + struct.pack("!HHIH", 2, 1, 60, len(named(one))) + named(one) for one in names)
    return alias + b"".join(servers)


@contextmanager
def resolver(count: int, said: bytes, code: int = 0) -> Iterator[tuple[str, int]]:
    """Answer one question with ``count`` records and the response ``code``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def answer() -> None:
            question, who = listening.recvfrom(512)
            head = question[:2] + bytes([question[2] | 0x80, code]) + question[4:6] + struct.pack("!H", count)
            listening.sendto(head + question[8:] + said, who)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()
        thread.join(10)


@pytest.mark.parametrize(
    ("count", "said", "state", "word"),
    [
        (3, records(["ns-2.AWSDNS-02.com", "ns-1.awsdns-01.org"]), State.OK, "its 2 name servers"),
        (2, records(["dns.seller.example"]), State.NOT_OK, "delegated to dns.seller.example: "),
        (0, b"", State.NOT_OK, "delegated to no name server: "),
        (1, b"\xc0", State.NOT_CHECKED, "`dig +short NS api.shop.ca`"),
        (1, b"\xc0\x1d\xc0\x1d", State.NOT_CHECKED, "does not answer"),
    ],
)
def test_a_zone_is_held_against_what_the_dns_says(count: int, said: bytes, state: State, word: str) -> None:
    with resolver(count, said) as place:
        found = name_servers.compared(ZONE, OWN, place)
    assert (found.state, word in found.says) == (state, True), found
    assert (state == State.NOT_OK) == ("ns-1.awsdns-01.org, ns-2.awsdns-02.com" in found.remedy)


@pytest.mark.parametrize(("code", "state"), [(2, State.NOT_CHECKED), (3, State.NOT_OK), (5, State.NOT_CHECKED)])
def test_a_resolver_that_fails_or_refuses_says_nothing_of_the_zone(code: int, state: State) -> None:
    with resolver(0, b"", code) as place:
        assert name_servers.compared(ZONE, OWN, place).state == state


def test_no_name_server_answers_for_a_zone_of_this_machine(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    without = project.run("doctor", "--json")
    project.parameters = {"HostedZoneId": "Z08765432ABCDEFGHIJKL"}
    result = project.run("doctor", "--json")
    assert name_servers.NAME not in {one["name"] for one in without.of_kind("check")}
    (check,) = [one for one in result.of_kind("check") if one["name"] == name_servers.NAME]
    assert check["state"] == "not checked"
    assert "no name server answers" in check["says"]
