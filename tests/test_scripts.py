"""The scripts are sound, and run with bash 3.2, GNU make 3.81 and the programs of macOS, as they do on Linux."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

FIRST_LINE = re.compile(rb"#!.*\b(?:ba)?sh\n")
ON_LINUX_ALONE = (".ci/",)
"""What sets up a machine of continuous integration."""
NOT_IN_BASH_3_2 = {
    "mapfile": r"\b(?:mapfile|readarray)\b",
    "tables": r"\b(?:declare|local|typeset) -\w*[An]",
    "case": r"\$\{\w+(?:\^|,|@)",
    "negative index": r"\$\{\w+\[-",
    "both streams": r"&>>|\|&",
    "variable set": r"\[\[ -v ",
    "free descriptor": r"\{\w+\}[<>]",
    "a job": r"\bwait -\w*[np]\b|\bcoproc\b",
    "time": r"\bEPOCH(?:SECONDS|REALTIME)\b|%\(.*\)T",
}
NOT_ON_MACOS = {
    "program": r"\b(?:realpath|timeout|tac|nproc|md5sum|setsid)\b",
    "program without another": r"\b(?:sha256sum|flock)\b(?!.*\|\|)",
    "option": r"\b(?:readlink -f|sed -\w*[ir]|date -d|stat -c|grep -\w*P|xargs -r|sort -V|head -c -|base64 -w|du -b)",
    "long option": r"(?<!docker )\b(?:cp|mv|rm|ls|ln|date|du|stat|sed|cut|head|tail|mktemp|mkdir|chmod) (?:-\w+ )*--\w",
    "form": r"\bmktemp -\w*p\b|\bdate \+\S*%\d?N|\bfind\b.* -printf\b",
}
NOT_IN_MAKE_3_81 = re.compile(
    r"^\w+\s*(?:!=|::=)|\.ONESHELL|\.SHELLFLAGS|\.RECIPEPREFIX|^(?:undefine|private|define \w+ =)|"
    r"\$\((?:file|let|intcmp) |&:|--output-sync",
    re.MULTILINE,
)
EMPTY = re.compile(r"\b(\w+)=\(\)")


def tracked() -> list[str]:
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (PROJECT_ROOT / name).is_file()]


SCRIPTS = [
    name
    for name in tracked()
    if name.endswith((".bash", "/.words")) or FIRST_LINE.match((PROJECT_ROOT / name).read_bytes()[:80])
]
FOR_PEOPLE = [name for name in SCRIPTS if not name.startswith(ON_LINUX_ALONE)]
WITH_COMMANDS = [
    name for name in tracked() if re.search(r"(?:^|/)(?:\S+-)?(?:buildspec\.yml(?:\.model)?|Makefile)$", name)
]
"""What the machine's own shell runs, too: builds of the local AWS, and make."""


def test_shellcheck_finds_nothing() -> None:
    shellcheck = str(Path(sys.executable).with_name("shellcheck"))
    words = [shellcheck, "--external-sources", "--source-path", "SCRIPTDIR", "--shell", "bash", *SCRIPTS]
    done = subprocess.run(words, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", [*FOR_PEOPLE, *(name for name in WITH_COMMANDS if not name.startswith("tests/"))])
def test_it_runs_with_an_old_bash_and_with_the_programs_of_macos(name: str) -> None:
    lines = (PROJECT_ROOT / name).read_text("utf-8").splitlines()
    told = [
        f"{number}: {what}: {line.strip()}"
        for number, line in enumerate(lines, 1)
        for what, pattern in (NOT_IN_BASH_3_2 | NOT_ON_MACOS).items()
        if re.search(pattern, line.partition(" # ")[0]) and not line.lstrip().startswith("#")
    ]
    assert told == []


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_an_array_that_may_be_empty_is_no_error_in_an_old_bash(name: str) -> None:
    """Bash below 4.4 calls an empty array unbound: ${x[@]+"${x[@]}"} is what all take."""
    text = (PROJECT_ROOT / name).read_text("utf-8")
    empty = {array for each in FOR_PEOPLE for array in EMPTY.findall((PROJECT_ROOT / each).read_text("utf-8"))}
    for array in empty:  # one script sources another's
        bare = text.replace(f'${{{array}[@]+"${{{array}[@]}}"}}', "")
        assert f"${{{array}[@]}}" not in bare, array


def test_an_old_make_reads_the_makefile() -> None:
    assert NOT_IN_MAKE_3_81.findall((PROJECT_ROOT / "Makefile").read_text("utf-8")) == []


def test_no_two_files_differ_in_case_alone() -> None:
    names = tracked()
    assert len({name.lower() for name in names}) == len(names)


def test_proc_is_read_where_linux_confines_builds_and_nowhere_else() -> None:
    rooms = [
        name for name in tracked() if name.endswith(".py") and not name.startswith("tests/") and "/tests/" not in name
    ]
    reading = {name for name in rooms if re.search(r"[\"']/proc\b", (PROJECT_ROOT / name).read_text("utf-8"))}
    assert {str(Path(name).parent) for name in reading} <= {"local_aws/services/codebuild/machine"}
