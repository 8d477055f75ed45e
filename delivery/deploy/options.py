"""What the command line of `bin/deploy` chose."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class DeployOptions:
    """``stacks`` empty means all of them; ``wait_minutes`` bounds every wait; ``command`` repeats all of it."""

    stacks: Sequence[str]
    agreed: bool
    """Whether all changes were agreed to beforehand."""
    askable: bool
    """Whether there is a person at a terminal who can be asked."""
    review: bool
    allow_replacement: bool
    import_existing: bool
    drift: bool
    """Whether changes made by hand are looked for before anything is planned."""
    wait_minutes: float
    command: str
