"""Judges files of every kind, some at a time, so that any number of them needs no more memory than a few."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from linting.discovery import DiscoveredFile
from linting.recognition.file_kinds import Kind
from reporting.findings import Finding
from settings.root import PROJECT_ROOT

TOGETHER = 200
"""So many templates are read and judged by the same processes."""


def findings_of(files: Sequence[DiscoveredFile], regions: Sequence[str], tell: Callable[[str], None]) -> list[Finding]:
    """Return what is wrong with ``files``, in their order; ``tell`` is told how far it is."""
    templates = [one for one in files if one.kind is Kind.TEMPLATE]
    others = [one for one in files if one.kind is not Kind.TEMPLATE]
    found = [*_of_templates(templates, regions, tell), *(_of_others(others) if others else ())]
    order = {one.name: number for number, one in enumerate(files)}
    return sorted(found, key=lambda one: (order[one.file], one))


def _of_templates(
    files: Sequence[DiscoveredFile], regions: Sequence[str], tell: Callable[[str], None]
) -> Iterator[Finding]:
    for start in range(0, len(files), TOGETHER):
        from linting import gate  # noqa: PLC0415 - `--help` needs neither the linters
        from linting.engines.linter import Linter  # noqa: PLC0415 - nor the time they take

        part = files[start : start + TOGETHER]
        templates = {one.name: one.content for one in part}
        folder = Path() if part[0].path == Path(part[0].name) else PROJECT_ROOT
        with Linter() as linter:
            tell(f"linting {len(templates)} templates ...")
            yield from gate.check(linter, folder, templates, regions, tell)


def _of_others(files: Sequence[DiscoveredFile]) -> Iterator[Finding]:
    from linting.limits import given_up  # noqa: PLC0415 - templates need none of it
    from linting.workers import GaveUp, Workers, answers  # noqa: PLC0415 - the same

    with Workers(_of_other, os.cpu_count() or 1) as workers:
        workers.give(files)
        for _, file, answer in answers(workers):
            yield from [given_up(file.name, "The linter", answer.reason)] if isinstance(answer, GaveUp) else answer


def _of_other(file: DiscoveredFile) -> list[Finding]:
    from linting.limits import beyond  # noqa: PLC0415 - the same

    content = file.content
    too_much = beyond(file.name, file.kind, content)
    if too_much:
        return [too_much]
    if file.kind is Kind.APPSPEC:
        from linting.appspecs import lint as appspecs  # noqa: PLC0415 - most files are none

        return appspecs.findings(content, file.name)
    from buildspecs.lint import findings  # noqa: PLC0415 - the same

    return findings(content, file.name)
