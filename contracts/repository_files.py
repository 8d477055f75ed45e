"""E9602, E9612: the buildspecs and scripts that builds name lie in the repository."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from contracts.commands import Command, commands_of
from contracts.project_index import PROJECT, ProjectIndex
from reporting.findings import Finding
from system_model.buildspecs_of import buildspec_of, is_inline
from system_model.repository import Repository
from system_model.wording import OPEN


def findings_on_buildspecs(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every project whose source is the repository that is released."""
    for project in index.system.resources(PROJECT):
        given = buildspec_of(project)
        if given is None or is_inline(given) or index.system.repository.text(given) is not None:
            continue
        yield index.finding(
            "E9602",
            project,
            ("Properties", "Source", "BuildSpec"),
            f"{project} runs the buildspec {given}, which does not lie in the repository.",
            "Write it there, or name the one that does; the path is relative to the repository's top.",
        )


_RUNNERS = {"bash", "sh", "source", "."}
_ELSEWHERE = {"cd", "pushd", "git", "tar", "unzip"}
"""Commands after which a path may be another one, or a file there that the repository does not have."""
_PLAIN = re.compile(r"(?:\./)?[\w.-]+(?:/[\w.-]+)*")


def findings_on_scripts(index: ProjectIndex) -> Iterator[Finding]:
    """Look at the commands of every buildspec, up to one after which the files may be others."""
    for project in index.system.resources(PROJECT):
        specification = index.buildspecs.of(project)
        own = [one for one in commands_of(project, index) if specification and one.file == specification.file]
        phases = specification.spec.phases.values() if specification else ()
        said = " ".join(text for phase in phases for text in (*phase.commands, *phase.finally_commands))
        names = [PurePosixPath(script).name for one in own if (script := _script(one))]
        for command in own:
            if command.command.program in _ELSEWHERE:
                break
            script = _script(command)
            missing = _is_missing(script, index.system.repository)
            if missing and _is_called_alone(script, said, names):
                yield index.finding(
                    "E9612",
                    project,
                    ("Properties", "Source", "BuildSpec"),
                    f"{command.file}, which {project} runs, calls {script}, and the repository has no such file.",
                    "Correct the path, which is relative to the repository's top, or add the script.",
                )


def _script(command: Command) -> str:
    """Return the path of the script that a command runs; empty when it runs none, or it can't be told which."""
    words = [command.expanded(word) for word in command.command.words[:2]]
    if words[:1] and words[0] in _RUNNERS:
        words = words[1:]
    elif not (words[:1] and words[0].startswith("./")):
        return ""
    path = words[0] if words else ""
    is_known = OPEN not in path and "/" in path and _PLAIN.fullmatch(path) and ".." not in path.split("/")
    return path if is_known else ""


def _is_called_alone(script: str, said: str, names: Sequence[str]) -> bool:
    """Return whether commands name a script to call it alone, and not to make it or to ask whether it is there."""
    name = PurePosixPath(script).name
    return said.count(name) == names.count(name)


def _is_missing(path: str, repository: Repository) -> bool:
    """Return whether no file lies at ``path``, though its folder is one of the repository and not made by the build."""
    if not path:
        return False
    place = repository.top / path
    return place.parent.is_dir() and repository.text(PurePosixPath(path).as_posix()) is None and not place.exists()
