"""Termination protection: no stack is deleted by a slip of the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from delivery.aws.session import Aws
    from delivery.model.stacks import StandingStack


def put_on(aws: Aws, standing: StandingStack) -> bool:
    """Protect the stack; tell whether it was unprotected before."""
    if standing.protected:
        return False
    _set(aws, standing, on=True)
    return True


def put_back(aws: Aws, standing: StandingStack) -> None:
    """Protect the stack again if it was protected when it was looked at, as ``standing``."""
    if standing.protected:
        _set(aws, standing, on=True)


def take_off(aws: Aws, standing: StandingStack) -> None:
    """Let the stack be deleted."""
    if standing.protected:
        _set(aws, standing, on=False)


def _set(aws: Aws, standing: StandingStack, *, on: bool) -> None:
    aws.cloudformation.update_termination_protection(StackName=standing.id, EnableTerminationProtection=on)
