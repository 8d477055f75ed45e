"""The files of `config/` for a new system, and for one more service of a system.

Those that are there are the model: keys that nobody was asked for stay as they are, with their explanations.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from initialise.questions import Known, is_rehearsed, secrets_of
from initialise.service_files import reports_coverage
from initialise.settings_text import SettingsText
from reporting.errors import CannotRunError
from settings import environment, path_patterns, project
from settings.project import Project
from settings.service import Service
from templates_src.stacks import stacks

SETTINGS, ENVIRONMENTS = "config/system.toml", "config/environments"
_STAND_IN, _DATABASE = ("bin/local-aws", "stand-in"), ("bin/local-aws", "database")

_OF_SYSTEM: Mapping[tuple[str, str], Callable[[Project], str]] = {
    ("repository", "connection"): lambda made: made.repository.connection,
    ("runtime", "cluster"): lambda made: made.runtime.cluster,
}
_OF_SERVICE: Mapping[str, Callable[[Service], str]] = {
    "pipeline": lambda made: made.delivered.pipeline,
    "image_repository": lambda made: made.image_repository,
    "task_family": lambda made: made.task_family,
    "log_group": lambda made: made.log_group,
}
"""Keys that follow from the names of application and service; they become comments that say so."""

_FOLLOWING = [*_OF_SYSTEM, *(("services", key) for key in _OF_SERVICE)]
_MIGRATIONS = {"command": ["program", "argument"], "timeout_minutes": 15}
_EXAMPLE = {"name": "A_VALUE", "description": "What it is", "pattern": ".+"}


def config_files(known: Known) -> dict[str, str]:
    """Return path to text of every file of `config/` that is to be written."""
    present = _read(known.root / SETTINGS)
    if known.service:
        text = _with_service(present, known)
        made = _load(text, known)
    else:
        text = _new_system(present, known)
        made = _load(text.without(_FOLLOWING), known)
        text = _with_names(text, made)
    files = {SETTINGS: str(text)}
    for path in sorted((known.root / ENVIRONMENTS).glob("*.toml")):
        files[f"{ENVIRONMENTS}/{path.name}"] = str(_environment(path, known, made))
    return files


def _read(path: Path) -> SettingsText:
    try:
        return SettingsText.of(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise CannotRunError(
            f"{SETTINGS}: found no text there; allowed is a settings file, which explains the keys: "
            f"take it back with `git checkout -- {SETTINGS}`."
        ) from None


def _load(text: SettingsText, known: Known) -> Project:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "system.toml"
        path.write_text(str(text), "utf-8")
        try:
            made = project.load(path)
        except CannotRunError as error:
            raise CannotRunError(*(each.replace(str(path), SETTINGS) for each in error.sentences)) from None
    if known.name not in [one.name for one in made.services]:
        raise CannotRunError(f"{SETTINGS}: where its tables begin is not clear; put each [table] on a line of its own.")
    return made


def _service_values(known: Known) -> dict[str, Any]:
    answers = known.answers
    return {
        "name": known.name,
        "folder": answers["folder"],
        "port": int(answers["port"]),
        "path_patterns": [answers.get("paths", "/*")],
        "health_check_path": answers["health"],
        "secrets": list(secrets_of(answers["secrets"])),
    }


def _with_service(text: SettingsText, known: Known) -> SettingsText:
    block = SettingsText(["[[services]]"])
    for key, value in reversed(_service_values(known).items()):
        block.put("services", key, value)
    return SettingsText([*text.lines, "", *block.lines, *_test_table(known), *_verify_table(known)])


def _verify_table(known: Known) -> list[str]:
    """Return the table that has the service verified by its health check, where the load balancer lets that through."""
    routed = path_patterns.takes(known.answers.get("paths", "/*"), known.answers["health"])
    return ["", "[services.verify]"] if routed else []


def _test_table(known: Known) -> list[str]:
    """Return the table of the tests' build, where something there is not what it is by itself."""
    return [] if reports_coverage(known) else ["", "[services.test]", "coverage = false"]


def _new_system(text: SettingsText, known: Known) -> SettingsText:
    text.put("", "application", known.answers["application"])
    text.put("repository", "full_name", known.answers["repository"])
    text.keep_first("services")
    for key, value in _service_values(known).items():
        text.put("services", key, value)
    text.leave_out("services", "health_check_command", ["program", "argument"])
    for key in text.keys("services.environment"):
        text.take_away("services.environment", key)
    _show_a_parameter(text)
    for key, value in _MIGRATIONS.items() if text.has("services.migrations") else ():
        text.leave_out("services.migrations", key, value)
    text.comment_out("services.migrations")
    folder = known.answers["folder"]
    builds = {"test": "tests/", "security": "security/", "admission": "admission/", "verify": "verify/", "bake": ""}
    for table, below in builds.items():
        if text.has(f"services.{table}"):
            text.put(f"services.{table}", "buildspec", f"{folder}/{below}buildspec.yml")
    while text.has("services.verify.requests"):
        text.take_last("services.verify.requests")
    text.leave_out("services.verify", "openapi", "/openapi.json")
    if text.has("services.admission"):
        text.put("services.admission", "base_images", ["*"])
    if not text.has("services.test"):
        return SettingsText([*text.lines, *_test_table(known)])
    text.put("services.test", "coverage", reports_coverage(known))
    return text


def _show_a_parameter(text: SettingsText) -> None:
    """Leave one of the tables of parameters, as a comment that says how one is written."""
    while text.count("services.parameters") > 1:
        text.take_last("services.parameters")
    for key, value in _EXAMPLE.items():
        text.leave_out("services.parameters", key, value)
    text.comment_out("services.parameters")


def _with_names(text: SettingsText, made: Project) -> SettingsText:
    """Write what follows from the names as comments, after the settings were read without these keys."""
    for (table, key), value_of in _OF_SYSTEM.items():
        text.leave_out(table, key, value_of(made))
    for key, of_service in _OF_SERVICE.items():
        text.leave_out("services", key, of_service(made.services[0]))
    return text


def _environment(path: Path, known: Known, made: Project) -> SettingsText:
    """Keep what some template asks for, and give each secret of the service a value to rehearse with."""
    text, present = SettingsText.of(path.read_text("utf-8")), environment.load(path)
    templates = {one.name: one.make() for one in stacks(made)}
    asked = {name for template in templates.values() for name in template.parameters}
    for name in sorted(present.parameters):
        if name not in asked:
            text.take_away("parameters", name)
    for stack in present.stack_parameters:
        if stack not in templates:
            text.take_last(f"parameters.{stack}")
    if present.after_deploy_commands:
        text.put_commands("aws", "after_deploy_commands", _commands(present.after_deploy_commands, known, made))
    return text


def _commands(present: Sequence[Sequence[str]], known: Known, made: Project) -> list[list[str]]:
    kept = [list(one) for one in present if known.service or tuple(one[:2]) not in {_STAND_IN, _DATABASE}]
    place = f"/{made.application}/{known.name}"
    given = secrets_of(known.answers["secrets"])
    return [*kept, *(_stand_in(f"{place}/{name}", name, value) for name, value in given.items())]


def _stand_in(secret: str, name: str, value: str) -> list[str]:
    """Return the command that gives a secret what was said, a database of its service's own, or else any text."""
    if is_rehearsed(name, value):
        return [*_DATABASE, secret]
    return [*_STAND_IN, secret, value or "only-for-rehearsals"]
