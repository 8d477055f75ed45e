"""A client that asks the service twice a second, as long as something else goes on."""

import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

SECONDS = 0.5


@dataclass
class Client:
    """``answers`` counts what came back, by status and text; a request that got none has status 0."""

    address: str
    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    @property
    def failed(self) -> Counter[tuple[int, str]]:
        return Counter({answer: count for answer, count in self.answers.items() if answer[0] != 200})

    def _ask(self) -> None:
        while not self._end.is_set():
            began = time.monotonic()
            self.answers[ask(self.address)] += 1
            self._end.wait(max(0.0, SECONDS - (time.monotonic() - began)))


def ask(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own load balancer
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().strip()
    except OSError as error:
        return 0, str(error)
