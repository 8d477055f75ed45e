"""The section ``batch``: several builds from one buildspec. It is read to be judged; a single build has no batch.

https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
"""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from aws_facts.outputs import values_of
from buildspecs.reading.fields import Section
from buildspecs.reading.problems import Kind

KINDS = ("build-list", "build-graph", "build-matrix", "build-fanout")
FEWEST_SHARDS = 2
MOST_SHARDS = 100


def read(section: Section | None) -> None:
    """Read ``batch``; what is wrong is kept in the section's problems."""
    if section is None:
        return
    section.flag("fast-fail")
    used = [kind for kind in KINDS if section.entry(kind) is not None]
    if len(used) > 1:
        entry = section.entry(used[1])
        if entry is not None:
            section.wrong(entry, f"batch has {' and '.join(used)}; one kind of batch is allowed", Kind.BATCH)
    _list(section)
    _graph(section)
    _matrix(section.section("build-matrix"))
    _fanout(section.section("build-fanout"))
    section.finish()


def _list(section: Section) -> None:
    tasks = section.sections("build-list")
    for task in tasks:
        _task(task)
        task.finish({"depend-on": "tasks depend on each other in build-graph."})
    _identifiers(tasks)


def _graph(section: Section) -> None:
    tasks = section.sections("build-graph")
    needs: dict[str, tuple[str, ...]] = {}
    for task in tasks:
        needs[task.text("identifier")] = task.texts("depend-on", single=True)
        _task(task)
        task.finish()
    _identifiers(tasks)
    for task in tasks:
        entry = task.entry("depend-on")
        unknown = [name for name in needs.get(task.text("identifier"), ()) if name not in needs]
        if entry is not None and unknown:
            known = ", ".join(filter(None, needs))
            task.wrong(entry, f"depend-on names '{unknown[0]}', and the tasks of the graph are {known}", Kind.BATCH)
    # Of two tasks of one name it is not known which one is meant.
    circle = _circle(needs) if len(needs) == len(tasks) else []
    entry = section.entry("build-graph")
    if circle and entry is not None:
        section.wrong(entry, f"tasks of build-graph wait for each other: {' -> '.join(circle)}", Kind.BATCH)


def _circle(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return tasks of which each waits for the next, and the last is the first; empty where there are none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _identifiers(tasks: Sequence[Section]) -> None:
    seen: set[str] = set()
    for task in tasks:
        entry = task.entry("identifier")
        name = task.text("identifier")
        if entry is None:
            task.missing("identifier")
        elif name in seen:
            task.wrong(entry, f"the identifier '{name}' is given to two tasks", Kind.BATCH)
        seen.add(name)


def _task(task: Section) -> None:
    task.text("identifier")
    task.text("buildspec")
    task.flag("debug-session")
    task.flag("ignore-failure")
    env = task.section("env")
    if env is None:
        return
    for key in ("fleet", "image"):
        env.text(key)
    env.choice("compute-type", values_of("codebuild", "ComputeType"))
    env.choice("type", values_of("codebuild", "EnvironmentType"))
    env.flag("privileged-mode")
    env.texts_by_name("variables")
    entry = env.entry("fleet")
    if entry is not None and env.entry("compute-type") is not None:
        env.wrong(entry, "fleet and compute-type are both given; only one of them is allowed", Kind.BATCH)
    env.finish()


def _matrix(section: Section | None) -> None:
    if section is None:
        return
    static = section.section("static")
    if static is not None:
        _task(static)
        static.finish({"buildspec": "values to be combined belong in dynamic."})
    dynamic = section.section("dynamic")
    if dynamic is not None:
        dynamic.texts("buildspec", single=True)
        env = dynamic.section("env")
        if env is not None:
            for key in ("compute-type", "fleet", "image"):
                env.texts(key, single=True)
            variables = env.section("variables")
            for name in variables.names() if variables else ():
                if variables:
                    variables.texts(name, single=True)
            env.finish({"type": "it belongs in static/env.", "privileged-mode": "it belongs in static/env."})
        dynamic.finish({"ignore-failure": "it belongs in static."})
    section.finish()


def _fanout(section: Section | None) -> None:
    if section is None:
        return
    entry = section.entry("parallelism")
    value = section.text("parallelism")
    if entry is None:
        section.missing("parallelism")
    elif value and not (value.isdecimal() and len(value) < 9 and FEWEST_SHARDS <= int(value) <= MOST_SHARDS):  # noqa: PLR2004 - more digits than any number allowed
        message = f"parallelism is '{value}'; a number from {FEWEST_SHARDS} to {MOST_SHARDS} is allowed"
        section.wrong(entry, message, Kind.BATCH)
    section.flag("ignore-failure")
    section.finish()
