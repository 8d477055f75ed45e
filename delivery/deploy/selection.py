"""Which stacks a command works on."""

import difflib
from collections.abc import Sequence

from delivery.aws.session import Aws
from delivery.model import stacks
from delivery.model.manifest import Manifest, Stack
from reporting.errors import CannotRunError


def chosen(manifest: Manifest, names: Sequence[str]) -> Sequence[Stack]:
    """Return the stacks of those ``names``, all of them for none, in the order of deployment."""
    known = manifest.stack_names()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CannotRunError(*(_unknown(name, known) for name in unknown))
    return [stack for stack in manifest.stacks if not names or stack.name in names]


def check_needs(aws: Aws, stack: Stack, chosen: Sequence[Stack]) -> None:
    """Refuse a stack while one that it imports from is missing; those of ``chosen`` before it were just seen."""
    seen = [one.name for one in chosen[: chosen.index(stack)]]
    missing = [name for name in stack.needs if name not in seen and stacks.find(aws, name) is None]
    if missing:
        names = " and ".join(missing)
        raise CannotRunError(
            f"{stack.name}: it needs {names}, which is not deployed; deploy that first, or all without --stack."
        )


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    guess = f" (did you mean {near[0]}?)" if near else ""
    return f"--stack: found {name!r}{guess}; allowed: {', '.join(known)}."
