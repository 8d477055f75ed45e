"""Clients that ask for the same all the time, each on connections of its own, in a process of their own.

`python -m tests.support.many_clients PORT PATH CLIENTS` asks until its standard input ends, and then tells in
JSON how often each status came, with and without Retry-After, and the longest time in seconds.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from tests.support.server import BACKEND_FOLDER

END_SECONDS = 30


@dataclass
class Told:
    """How often each answer came, as "200" or "503, Retry-After", and the longest time that one took."""

    answers: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0


@contextmanager
def asking(port: int, path: str, clients: int) -> Iterator[Told]:
    """Has so many clients ask all the while; what they were told is there after the end."""
    command = [sys.executable, "-m", "tests.support.many_clients", str(port), path, str(clients)]
    told = Told()
    with subprocess.Popen(
        command, cwd=BACKEND_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield told
        finally:
            said, _ = process.communicate(timeout=END_SECONDS)
    found = json.loads(said)
    told.answers.update(found["answers"])
    told.longest = found["longest"]


def main(port: int, path: str, clients: int) -> None:
    """Asks until standard input ends."""
    ended = threading.Event()
    told = Told()

    def ask() -> None:
        while not ended.is_set():
            began = time.monotonic()
            connection = HTTPConnection("127.0.0.1", port, timeout=END_SECONDS)
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            connection.close()
            told.longest = max(told.longest, time.monotonic() - began)
            told.answers[f"{response.status}{', Retry-After' * ('Retry-After' in response.headers)}"] += 1

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps({"answers": told.answers, "longest": told.longest}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
