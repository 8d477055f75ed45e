"""Asks whether a change shall be made."""

import select
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
    """Return what is typed in answer to ``question``; ``at_the_end`` of the input, or Ctrl-C, ends the line first."""
    print(question, end="", flush=True)
    try:
        while not select.select([sys.stdin], [], [], LISTENING)[0]:
            pass
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        print()
        raise
    if not line:
        print()
    return line.strip() if line else at_the_end


LISTENING = 0.2
"""Seconds between two looks at the terminal: a signal that comes just before one of them takes effect after it."""


def ask(question: str) -> Consent:
    """Ask on the terminal until the answer is one of ``ANSWERS``; the end of the input is a no."""
    while True:
        answer = answer_to(f"{question} [y]es, [n]o, [a]ll: ", at_the_end="no").lower()
        if answer in ANSWERS:
            return ANSWERS[answer]
        print("Answer with y for yes, n for no, or a for yes to this and all that follow.")
