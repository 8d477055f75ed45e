"""`make bench`: making and linting the templates, beside the same dictionaries by hand and beside plain cfn-lint.

Plain cfn-lint runs its own rules alone, in one process; `make templates` runs those, AWS's validator and the rules of
`lint_rules/`.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.dictionaries import write_program
from benchmarks.measuring import Measured, count, shortest
from reporting import command
from reporting.errors import FailedError
from reporting.terminal import Progress
from tests.project_copy import ProjectCopy, copy_project

BARS = (
    ("generation, cold", "dictionaries by hand", 5.0, "generation within 5 times the dictionaries"),
    ("generation and lint, cold", "plain cfn-lint", 0.6, "cold for 10 services at most 0.6 of plain cfn-lint"),
    (
        "one service changed",
        "plain cfn-lint, one template",
        1.0,
        "one changed no dearer than linting that one template",
    ),
)
NOTHING_CHANGED = 0.3
"""Seconds that `make templates` may take, whole process, when there is nothing to do."""


def main(words: Sequence[str]) -> None:
    """Measure for each number of services and print one table."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--services", type=int, nargs="+", default=[1, 10, 50], metavar="N")
    parser.add_argument(
        "--runs", type=count, default=3, metavar="N", help="the shortest of so many counts (default: 3)"
    )
    chosen = parser.parse_args(words)
    progress = Progress()
    columns = {}
    for services in chosen.services:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            columns[services] = _measure(services, chosen.runs, Path(folder), progress)
    progress.clear()
    _show(columns)


def _measure(services: int, runs: int, folder: Path, progress: Progress) -> Mapping[str, float]:
    project = copy_project(folder / "project")
    settings = project.root / "config" / "system.toml"
    settings.write_text(with_services(settings.read_text("utf-8"), services), "utf-8")
    copy_service(project.root, services)
    progress.show(f"{services} services: making the templates once ...")
    done = project.run("bin/templates")
    if done.returncode:
        raise FailedError("The templates can't be made:", *(done.stdout + done.stderr).splitlines())
    tell = lambda text: progress.show(f"{services} services, {text} ...")  # noqa: E731 - a name for one use below
    return shortest(_things(project, folder), runs, project.root, tell)


def _things(project: ProjectCopy, folder: Path) -> list[Measured]:
    python = str(project.root / ".venv" / "bin" / "python")
    plain = [str(project.root / ".venv" / "bin" / "cfn-lint"), "--config-file", str(_without_our_rules(project))]
    templates = sorted(str(path) for path in (project.root / "build").glob("cruddur-*.json"))
    pipeline = next(path for path in templates if path.endswith("-pipeline.json"))
    by_hand = write_program(project.built(), folder / "by-hand")
    kept = iter(range(31, 1000))

    def forget() -> None:
        shutil.rmtree(project.root / ".cache", ignore_errors=True)

    def change_one_setting() -> None:
        path = project.root / "config" / "system.toml"
        changed = re.sub(r"images_kept = \d+", f"images_kept = {next(kept)}", path.read_text("utf-8"), count=1)
        path.write_text(changed, "utf-8")

    def settle() -> None:
        project.run("bin/templates")

    return [
        Measured("dictionaries by hand", [python, str(by_hand), str(by_hand.parent)]),
        Measured("generation, cold", ["bin/templates", "--check"], forget),
        Measured("plain cfn-lint", [*plain, "--", *templates]),
        Measured("generation and lint, cold", ["make", "templates"], forget),
        Measured("plain cfn-lint, one template", [*plain, "--", pipeline]),
        Measured("one service changed", ["make", "templates"], change_one_setting),
        Measured("nothing changed", ["make", "templates"], settle),
    ]


def _without_our_rules(project: ProjectCopy) -> Path:
    """Write cfn-lint's configuration without the rules of `lint_rules/`: plain cfn-lint has none of them to run."""
    text = (project.root / ".cfnlintrc").read_text("utf-8")
    configuration = project.root / ".cfnlintrc-plain"
    configuration.write_text(re.sub(r"^append_rules:\n(?:  .*\n)+", "", text, flags=re.MULTILINE), "utf-8")
    return configuration


def with_services(text: str, count: int) -> str:
    """Return the settings ``text``, which has one service, with ``count`` of them alike but for their names."""
    start = text.index("\n[[services]]\n")
    one = text[start:]
    services = [
        one.replace("backend-flask", f"service-{number}")
        .replace("cruddur-backend-fargate", f"cruddur-service-{number}")
        .replace('path_patterns = ["/*"]', f'path_patterns = ["/service-{number}/*"]')
        .replace('"/api/', f'"/service-{number}/')
        for number in range(count)
    ]
    return text[:start] + "".join(services)


def copy_service(root: Path, count: int) -> None:
    """Lay the folder of the one service down once for each of ``with_services``, under that one's name and paths."""
    for number in range(count):
        folder = root / f"service-{number}"
        shutil.copytree(root / "backend-flask", folder)
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                name = folder.name.encode()
                path.write_bytes(content.replace(b"backend-flask", name).replace(b'"/api/', b'"/%s/' % name))


def _show(columns: Mapping[int, Mapping[str, float]]) -> None:
    names = list(next(iter(columns.values())))
    print(f"{'seconds, whole process, shortest':34}" + "".join(f"{count:>10}" for count in columns) + "  services")
    for name in names:
        print(f"{name:34}" + "".join(f"{column[name]:10.2f}" for column in columns.values()))
    print()
    for measured, beside, bar, meaning in BARS:
        ratios = "".join(f"{column[measured] / column[beside]:10.2f}" for column in columns.values())
        print(f"{f'{measured} / {beside}':56}"[:56] + f"{ratios}   bar {bar}: {meaning}")
    nothing = "".join(f"{column['nothing changed']:10.2f}" for column in columns.values())
    print(f"{'nothing changed':56}{nothing}   bar {NOTHING_CHANGED} s")


if __name__ == "__main__":
    sys.exit(command.run(main))
