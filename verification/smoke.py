"""One request, and whether its answer is as it must be."""

import http.client
import time
import urllib.request
from dataclasses import dataclass

from reporting.deadline import OutOfTimeError, within
from reporting.printable import printable

ATTEMPTS, PAUSE = 3, 1.0
"""A single lost request, as while the last task of the version before ends, is no fault of the version that runs."""
SECONDS = 10
"""How long one answer may take in all."""
LONGEST_BODY = 1_000_000
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Request:
    """A GET of ``path``; its answer must have ``status`` and hold ``text``. A redirection is an answer."""

    path: str
    status: int
    text: str = ""


def fault(address: str, request: Request, latest: float) -> str:
    """Say in what the answer of ``address`` is not as it must be; empty where it is, at the last attempt.

    ``latest`` is the moment (of the monotonic clock) at which no more is asked.
    """
    said = "not asked: the time for all requests was over"
    for attempt in range(1, ATTEMPTS + 1):
        left = latest - time.monotonic()
        if left <= 0:
            return said
        said = _fault(address, request, min(SECONDS, left))
        if not said:
            return ""
        if attempt < ATTEMPTS:
            time.sleep(min(PAUSE, max(0.0, latest - time.monotonic())))
    return f"{said} ({ATTEMPTS} attempts)"


def _fault(address: str, request: Request, seconds: float) -> str:
    url = address + request.path
    try:
        status, body = within(seconds, lambda: _answer(url, seconds), lambda: f"waiting for {url} to answer")
    except OutOfTimeError:
        return f"no answer within {seconds:.0f} s"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"no answer: {getattr(error, 'reason', None) or error}"
    if status != request.status:
        return f"answered {status}, not {request.status}: {_shown(body)}"
    if request.text not in body:
        return f"its answer has no {request.text!r}: {_shown(body)}"
    return ""


def _answer(url: str, seconds: float) -> tuple[int, str]:
    # Without what follows redirections, and without what takes some statuses for errors.
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        opener.add_handler(handler)
    with opener.open(url, timeout=seconds) as answer:
        return answer.status, answer.read(LONGEST_BODY).decode("utf-8", "replace")


def _shown(body: str) -> str:
    return printable(body[:LONGEST_SHOWN].replace("\n", " ")) or "(nothing)"
