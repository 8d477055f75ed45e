"""Templates with one fault each, and good ones: small changes to those in good/, told in cases/*.toml."""

import copy
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml
from cfnlint.rules._rules import Rules
from cfnlint.template.template import Template

from settings.root import PROJECT_ROOT

HERE = Path(__file__).parent
GOOD = HERE / "good"


@dataclass(frozen=True)
class Case:
    """``set`` and ``remove`` change the ``template`` of good/; ``finds`` are (rule, path) of what must be found.

    A case that finds nothing may be ``near`` to what rules find.
    """

    name: str
    template: str
    finds: Sequence[tuple[str, str]]
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: Sequence[str] = ()
    near: Sequence[str] = ()


def cases() -> Iterator[Case]:
    """Return every case of every table."""
    for table in sorted((HERE / "cases").glob("*.toml")):
        for one in tomllib.loads(table.read_text("utf-8"))["case"]:
            yield Case(**{**one, "finds": [tuple(found) for found in one["finds"]]})


def changed(case: Case) -> dict[str, Any]:
    """Return the case's template."""
    template: Any = copy.deepcopy(decoded(GOOD / case.template))
    for path, value in case.set.items():
        *above, last = _steps(path)
        holder = _at(template, above)
        if isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = value
    for path in case.remove:
        *above, last = _steps(path)
        del _at(template, above)[last]
    return template  # type: ignore[no-any-return] # a decoded template is a mapping


def findings(template: dict[str, Any], file: str = "template.yaml") -> list[tuple[str, str]]:
    """Give (rule, path) of what the pack, and it alone, finds."""
    cfn = Template(file, template, ["us-east-1"])
    return sorted((rule.id, "/".join(map(str, match.path))) for rule in pack().values() for match in rule.match(cfn))


@cache
def pack() -> Rules:
    """Load the pack as cfn-lint does."""
    return Rules.create_from_directory(str(PROJECT_ROOT / "lint_rules"))


@cache
def decoded(path: Path) -> Any:
    """Read a template, with the positions that cfn-lint keeps."""
    return cfn_yaml.load(str(path))  # type: ignore[no-untyped-call] # cfn-lint has annotated all but this


def _steps(path: str) -> list[str | int]:
    # A step with slashes of its own, as a service's ARN, is not needed so far.
    return [int(step) if step.isdigit() else step for step in path.split("/")]


def _at(template: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        template = template[step]
    return template
