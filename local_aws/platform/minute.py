"""How long a minute of waiting lasts in a rehearsal: of an alarm's period, of a roll-out's bake time."""

import os

from reporting.errors import CannotRunError

OPTION = "LOCAL_AWS_MINUTE"
"""Environment variable of the start: seconds that such a minute lasts."""
_DEFAULT, _LEAST, _MOST = 3.0, 0.1, 60.0


def minute() -> float:
    """Return the seconds; a value that is no number of them raises ``CannotRunError``."""
    given = os.environ.get(OPTION, str(_DEFAULT))
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not _LEAST <= seconds <= _MOST:
        raise CannotRunError(f"{OPTION}: found {given!r}; allowed is a number of seconds from {_LEAST} to {_MOST:g}.")
    return seconds
