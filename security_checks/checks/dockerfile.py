"""Faults of the service's Dockerfiles, by hadolint, and whether what they make runs as root.

https://docs.docker.com/reference/dockerfile/#from and #user

https://github.com/hadolint/hadolint
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from reporting.findings import Severity
from security_checks import programs
from security_checks.results import Finding, Seen
from security_checks.source import Source

INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}$]*))?\}|(\w+))")


@dataclass(frozen=True)
class Stage:
    """The last stage: the image that it is made of, its user, and the line where that is set, or where it begins.

    ``base`` follows other stages to the image that the first of them is made of. ``user`` is empty where none is set,
    or where it is a variable without a value: as far as can be told, that is root.
    """

    base: str = ""
    user: str = ""
    line: int = 0


def last_stage(text: str, arguments: Mapping[str, str] = MappingProxyType({})) -> Stage:
    """Read a Dockerfile; ``arguments`` are those of the build, which go before what the file gives them."""
    stages: dict[str, Stage] = {}
    values: dict[str, str] = {}
    name, stage = "", Stage()
    for number, word, rest in _instructions(text):
        if word == "FROM":
            base, name = _base_and_name(_filled(rest, values))
            before = stages.get(base.lower(), Stage(base))
            stage = Stage(before.base, before.user, number)
        elif word in {"ARG", "ENV"}:
            assigned = _assigned(rest, values)
            values |= {**assigned, **(_given(rest, arguments) if word == "ARG" else {})}
        elif word == "USER":
            stage = replace(stage, user=_filled(rest.strip(), values), line=number)
        if name:
            stages[name.lower()] = stage
    return stage


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    joined, began, ends = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if ends:
            ends = "" if line.strip() == ends else ends
            continue
        if line.lstrip().startswith("#"):
            continue
        began = began or number
        joined += line.rstrip().removesuffix("\\") + " "
        if line.rstrip().endswith("\\"):
            continue
        if found := INSTRUCTION.match(joined.rstrip()):
            yield began, found[1].upper(), found[2]
        heredoc = HEREDOC.search(joined)
        joined, began, ends = "", 0, heredoc[2] if heredoc else ""


def _base_and_name(rest: str) -> tuple[str, str]:
    """Return of which image or stage a stage is made, and its own name, if it has one."""
    words = [word for word in rest.split() if not word.startswith("--")]
    is_named = len(words) == len(("image", "as", "name")) and words[1].lower() == "as"
    return words[0] if words else "", words[2] if is_named else ""


def _assigned(rest: str, values: dict[str, str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in rest.split())
    return {name: _filled(value.strip("\"'"), values) for name, equals, value in pairs if equals}


def _given(rest: str, arguments: Mapping[str, str]) -> dict[str, str]:
    names = [word.partition("=")[0] for word in rest.split()]
    return {name: arguments[name] for name in names if name in arguments}


def _filled(text: str, values: dict[str, str]) -> str:
    return VARIABLE.sub(lambda one: values.get(one[1] or one[3], one[2] or ""), text)


CHECK = "dockerfile"
CONFIGURATION = Path(__file__).resolve().parent.parent / "hadolint.yaml"
PATTERNS = ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile")
SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING}
"""What hadolint says of style alone makes nothing fail."""
ROOT = ("", "0", "root")


def look(source: Source) -> Seen:
    """Look at the Dockerfiles in the service's folder."""
    files = sorted({path for pattern in PATTERNS for path in source.service.glob(pattern) if path.is_file()})
    if not files:
        return Seen("no Dockerfile in the service's folder", applies=False)
    words = [*programs.program("hadolint"), "--format", "json", "--no-fail", "--disable-ignore-pragma"]
    found = programs.json_of([*words, "--config", str(CONFIGURATION), *map(str, files)], source.time_limit)
    findings = [
        Finding(
            CHECK, one["code"], source.place(Path(one["file"]), one["line"]), one["message"], SEVERITIES[one["level"]]
        )
        for one in found
        if one["level"] in SEVERITIES
    ]
    for path in files:
        stage = last_stage(path.read_text("utf-8", "replace"))
        if stage.user.partition(":")[0] in ROOT:
            message = (
                "the image runs as root; end it with USER and the number of one without rights, as USER 10001:10001."
            )
            findings.append(Finding(CHECK, "runs-as-root", source.place(path, stage.line), message))
    return Seen(", ".join(source.place(path) for path in files), findings)
