"""The exit codes of every command, decided here alone."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's end means to the shell, to make and to continuous integration."""

    CLEAN = 0
    FINDINGS = 1
    """It ran, and what it looked at is not in order: findings, or a deployment or release that failed."""
    COULD_NOT_RUN = 2
    """It could not do its work: bad input, missing credentials, a refusal. Nothing was half-done."""
