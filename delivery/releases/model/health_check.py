"""Asks a service for its health, as anybody outside would."""

import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass

from delivery.aws.errors import quoted
from delivery.aws.network import is_on_this_machine
from delivery.aws.polling import MINUTE, pauses
from reporting.deadline import OutOfTimeError, within

TIMEOUT = 5.0
"""Seconds that one answer may take in all."""

LONGEST_BODY = 2000
OK = 200


@dataclass(frozen=True)
class Answer:
    """What the service said. ``status`` is HTTP's; 0 where nobody answered, with the reason as ``text``."""

    address: str
    status: int
    text: str

    @property
    def good(self) -> bool:
        """Whether the service says that it is well."""
        return self.status == OK

    def __str__(self) -> str:
        return f"{self.address} answers {self.status}: {self.text}" if self.status else f"{self.address}: {self.text}"


def ask(address: str) -> Answer:
    """Ask once."""
    try:
        return within(TIMEOUT, lambda: _ask(address), lambda: f"waiting for {address} to answer")
    except OutOfTimeError:
        return Answer(address, 0, f"no answer (not within {TIMEOUT:.0f} s)")


def _ask(address: str) -> Answer:
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - an output of the stack, http or https
    handlers = [urllib.request.ProxyHandler({})] if is_on_this_machine(address) else []
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT) as answer:
            return Answer(address, answer.status, _text(answer.read(LONGEST_BODY)))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(address, error.code, _text(error.read(LONGEST_BODY)))
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        return Answer(address, 0, f"no answer ({quoted(str(reason))})")


def ask_until_good(address: str, seconds: float) -> Answer:
    """Ask until the answer is good, for so many seconds at most; give the last answer."""
    answer = Answer(address, 0, "not asked")
    for _ in pauses(seconds / MINUTE):
        answer = ask(address)
        if answer.good:
            break
    return answer


def _text(body: bytes) -> str:
    return quoted(body.decode("utf-8", "replace"))
