"""Asking the service all the while, as its platform and its readers do, and how much memory it has."""

import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.support.server import Server

HEALTH, HOME = "/api/health-check", "/api/activities/home"
PAUSE_SECONDS = 0.05
# https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
_ESTABLISHED = "01"


@contextmanager
def probing(server: Server, most_seconds: float, home: Collection[int] = (200,)) -> Iterator[None]:
    """Asks on new connections until the end: each answer must be there within that time.

    It must be a success, and for home one of these statuses.
    """
    ended = Event()
    answers: list[tuple[str, object, float]] = []

    def probe(path: str) -> None:
        while not ended.wait(PAUSE_SECONDS):
            began = time.monotonic()
            try:
                found: object = server.get(path)
            except OSError as error:
                found = repr(error)
            answers.append((path, found, time.monotonic() - began))

    probers = [Thread(target=probe, args=(path,)) for path in (HEALTH, HOME)]
    for prober in probers:
        prober.start()
    try:
        yield
    finally:
        ended.set()
        for prober in probers:
            prober.join()
    allowed = {HEALTH: (200,), HOME: home}
    bad = [each for each in answers if each[1] not in allowed[each[0]] or each[2] > most_seconds]
    assert not bad, f"{len(bad)} of {len(answers)}: {bad[:3]}"
    assert {path for path, _, _ in answers} == set(allowed)


def megabytes(server: Server) -> list[int]:
    """The resident memory of each of the service's processes."""
    statuses = [(process / "status").read_text(encoding="ascii") for process in _processes(server)]
    found = (re.search(r"VmRSS:\s+(\d+) kB", status) for status in statuses)
    return [int(each[1]) // 1024 for each in found if each]


def connections(server: Server) -> int:
    """How many connections the service has not closed."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    states = [line.split()[3] for line in lines if line.split()[1].endswith(f":{server.port:04X}")]
    return states.count(_ESTABLISHED)


def _processes(server: Server) -> list[Path]:
    first = server.process.pid
    children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
    return [Path(f"/proc/{pid}") for pid in [str(first), *children]]
