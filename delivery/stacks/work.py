"""What a command that changes stacks works with: the AWS, whoever is told, and the record of what it has done."""

from dataclasses import dataclass

from delivery.aws.session import Aws
from delivery.output.reporter import Reporter
from delivery.stacks.record import Record


@dataclass(frozen=True)
class Work:
    """One run of a command. ``command`` is its name, such as ``deploy``."""

    aws: Aws
    teller: Reporter
    record: Record
    command: str
    come_back: str = "Run the same command again to follow it and carry on."
    """How to see how an operation ended that was watched no more."""
