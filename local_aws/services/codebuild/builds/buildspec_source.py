"""Finds the buildspec of a build (a file of the source, text in the project, an object in S3) and what it asks for."""

import getpass
import re
from collections.abc import Callable
from pathlib import Path

from buildspecs.reading import Buildspec, YamlFileError, read
from buildspecs.reading.model import Cache
from buildspecs.reading.sections import WINDOWS_SHELLS
from local_aws.services.codebuild.builds.failures import PhaseError

DEFAULT_NAME = "buildspec.yml"
INLINE = re.compile(r"\A\s*(?:#.*|---|version\s*:|\{)|\n")
READABLE_REPORTS = ("JUNITXML", "COBERTURAXML")


def is_inline(value: str) -> bool:
    """Report the text of a buildspec from the path of one."""
    return bool(INLINE.search(value))


def find(value: str, source: Path, from_s3: Callable[[str], str]) -> tuple[str, str]:
    """Return the place (for the log) and the text of the buildspec that a project's ``buildspec`` says.

    ``from_s3(ARN)`` gives the text of an object. Raises ``PhaseError`` with the agent's YAML_FILE_ERROR.
    """
    if is_inline(value):
        return "the buildspec of the project", value
    if value.startswith("arn:"):
        return value, from_s3(value)
    path = source / (value or DEFAULT_NAME)
    if not path.resolve().is_relative_to(source.resolve()):
        raise PhaseError(YamlFileError.code, f"the buildspec {value} is outside of the source")
    try:
        return str(path), path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PhaseError(YamlFileError.code, f"stat {path}: no such file or directory") from error
    except (OSError, UnicodeDecodeError) as error:
        raise PhaseError(YamlFileError.code, f"the buildspec {path} can't be read as UTF-8 text: {error}") from error


def expanded_texts(buildspec: Buildspec) -> list[str]:
    """Return all that is said of a build's outputs and in which variables and commands are done."""
    artifacts = [*([buildspec.artifacts] if buildspec.artifacts else []), *buildspec.secondary_artifacts.values()]
    return [*(one.name for one in artifacts if one.name), *buildspec.reports, *keys_of(buildspec.cache)]


def keys_of(cache: Cache) -> list[str]:
    """Return the keys of a cache, as they are written."""
    return [key for key in (cache.key, *cache.fallback_keys) if key]


def parsed(text: str) -> Buildspec:
    """Read the text, and refuse what is right on AWS but can't be done on this machine."""
    try:
        buildspec = read(text)
    except YamlFileError as error:
        raise PhaseError(error.code, error.message) from error
    if ("phases",) not in buildspec.positions:
        raise PhaseError(YamlFileError.code, "phases is missing; batches are not built by the local AWS")
    if buildspec.environment.shell in WINDOWS_SHELLS:
        message = f"shell {buildspec.environment.shell} is of Windows; the local AWS runs bash and /bin/sh"
        raise PhaseError(YamlFileError.code, message)
    user = getpass.getuser()
    named = {buildspec.run_as, *(phase.run_as for phase in buildspec.phases.values())} - {None, user}
    if named:
        asked = ", ".join(sorted(filter(None, named)))
        message = (
            f"run-as {asked} can't be honoured: commands run as {user} here. Leave run-as out, or run as that user"
        )
        raise PhaseError(YamlFileError.code, message)
    for group, report in buildspec.reports.items():
        if report.file_format not in READABLE_REPORTS:
            readable = " and ".join(READABLE_REPORTS)
            message = (
                f"file-format {report.file_format} of report group {group} is not read by the local AWS; {readable} are"
            )
            raise PhaseError(YamlFileError.code, message)
    return buildspec
