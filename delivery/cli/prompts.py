"""Asks whether a change shall be made."""

import os
import select
import signal
import sys
from enum import Enum, auto


class Consent(Enum):
    """How far a person has agreed."""

    NO = auto()
    YES = auto()
    TO_ALL = auto()


ANSWERS = {
    "y": Consent.YES,
    "yes": Consent.YES,
    "n": Consent.NO,
    "no": Consent.NO,
    "a": Consent.TO_ALL,
    "all": Consent.TO_ALL,
}


def has_terminal() -> bool:
    """Return whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def answer_to(question: str, *, at_the_end: str = "") -> str:
    """Return what is typed in answer to ``question``; ``at_the_end`` of the input, or Ctrl-C, ends the line first.

    A terminal that is closed ends the command as its SIGHUP does, which may come later: taken for a no until then, it
    would come while the change set is taken away, and stop that.
    """
    print(question, end="", flush=True)
    try:
        while not select.select([sys.stdin], [], [], LISTENING)[0]:
            pass
        line = _line()
        if not line and _is_closed():
            os.kill(os.getpid(), signal.SIGHUP)
    except KeyboardInterrupt:
        print()
        raise
    if not line:
        print()
    return line.strip() if line else at_the_end


def _line() -> str:
    try:
        return sys.stdin.readline()
    except OSError:  # Linux's word for a terminal that is being closed
        return ""


def _is_closed() -> bool:
    """Return whether the terminal is gone, and not only at its end as after Ctrl-D."""
    poll = select.poll()
    poll.register(sys.stdin, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


LISTENING = 0.2
"""Seconds between two looks at the terminal: a signal that comes just before one of them takes effect after it."""


def ask(question: str) -> Consent:
    """Ask on the terminal until the answer is one of ``ANSWERS``; the end of the input is a no."""
    while True:
        answer = answer_to(f"{question} [y]es, [n]o, [a]ll: ", at_the_end="no").lower()
        if answer in ANSWERS:
            return ANSWERS[answer]
        print("Answer with y for yes, n for no, or a for yes to this and all that follow.")
