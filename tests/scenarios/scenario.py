"""What a scenario's folder says: how the templates differ, what is done, and what must come of it.

A folder holds `scenario.toml` and trees of files, which are laid over `base/`. Keys of the file:

- `about`: what is shown, one sentence.
- `slow`: whether `make test` leaves it out; `docker`: whether it needs a Docker engine; `released`: whether the
  service of `base/` runs before the first step.
- `[templates]`: `without` (statements of roles to leave out, as `RoleLogicalId.Sid`), `stages` (those to keep),
  `migrations` (whether the action Migrate runs, on a PostgreSQL of the scenario's), `verify` (whether the action Verify
  runs, with `openapi` by the OpenAPI document, too), `approval` (whether a stage Approve
  stands before the last one), `execution_mode`.
- `[variables]`: environment variables of the local AWS.
- `steps`: a list of tables of one verb each, done one after another; see `Rehearsal`.
- `[[executions]]`: what each execution that the steps started must have become, in their order: `status`, `stages`,
  `log` (lines, by action, that its build wrote), `reason` (words of the failed action's error).
- `answer`: what the service answers in the end; `unchanged`: whether it answered the same all the while; `gone`:
  whether no process may be left whose command line has what stands in `backend-flask/gate`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
BASE = FOLDER / "base"
FILE = "scenario.toml"


@dataclass(frozen=True)
class Templates:
    """How the templates of `build/` are changed before they are deployed.

    ``settings`` are changes of the shipped settings, as `VARIANTS` has them: the templates are those which they make.
    """

    settings: Sequence[tuple[str, str]] = ()
    without: Sequence[str] = ()
    stages: Sequence[str] = ("Source", "Test", "Build", "Deploy")
    migrations: bool = False
    verify: bool = False
    openapi: bool = False
    approval: bool = False
    execution_mode: str = "QUEUED"


@dataclass(frozen=True)
class Expected:
    """What an execution must have become."""

    status: str
    stages: Mapping[str, str]
    log: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Scenario:
    """One scenario."""

    folder: Path
    about: str
    steps: Sequence[Mapping[str, str]]
    executions: Sequence[Expected]
    slow: bool = False
    docker: bool = False
    released: bool = False
    templates: Templates = field(default_factory=Templates)
    variables: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    unchanged: bool = False
    gone: bool = False

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def place(self) -> str:
        """Scenarios of one place share a local AWS: it is the same for the same templates and variables."""
        return repr((self.docker, self.templates, sorted(self.variables.items())))


def scenarios() -> list[Scenario]:
    """Read all folders; a key that no scenario has raises."""
    return [_read(path.parent) for path in sorted(FOLDER.glob(f"*/{FILE}"))]


def _read(folder: Path) -> Scenario:
    told = tomllib.loads((folder / FILE).read_text())
    told["templates"] = _made(Templates, told.get("templates", {}), folder)
    told["executions"] = [_made(Expected, one, folder) for one in told["executions"]]
    scenario: Scenario = _made(Scenario, {"folder": folder, **told}, folder)
    return scenario


def _made(kind: Any, told: Mapping[str, Any], folder: Path) -> Any:
    unknown = set(told) - {one.name for one in fields(kind)}
    assert not unknown, f"{folder / FILE}: unknown {', '.join(sorted(unknown))}"
    return kind(**told)
