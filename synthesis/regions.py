"""The regions that the templates must be in order in: those of the environment files, and known to the linter."""

import difflib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from reporting.errors import CannotRunError
from settings.root import ENVIRONMENTS
from settings.toml_file import shown


def regions_of_environments() -> list[str]:
    """Return the regions that the environment files name."""
    return sorted({region for _, region in _named()})


def refuse_unknown(regions: Sequence[str]) -> None:
    """Refuse a region that the linter does not know: it would tell each resource that it is not to be had there."""
    known = _of_linter()
    for region in regions:
        if region not in known:
            near = difflib.get_close_matches(region, known, 3) or known
            files = ", ".join(shown(path) for path, each in _named() if each == region)
            raise CannotRunError(
                f"{files}: region: found {region!r}, which AWS does not have; allowed: {', '.join(near)}."
            )


def _named() -> list[tuple[Path, str]]:
    from settings import environment  # noqa: PLC0415 - only needed where templates are looked at

    return [(path, environment.load(path).region) for path in sorted(ENVIRONMENTS.glob("*.toml"))]


def _of_linter() -> list[str]:
    """Return the regions that cfn-lint has schemas of, without loading it, which takes a third of a second."""
    found = find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise CannotRunError("cfn-lint is not installed; remove .venv and run the command again.")
    (place,) = found.submodule_search_locations
    return sorted(path.stem for path in Path(place, "data", "schemas", "providers").glob("*-*.json"))
