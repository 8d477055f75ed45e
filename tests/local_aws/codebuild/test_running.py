"""Buildspecs as a table: which phases come out how, what the log says, what is never run."""

from dataclasses import dataclass, field

import pytest

from tests.local_aws.codebuild.conftest import Bench, spec

SUCCEEDED, FAILED = "SUCCEEDED", "FAILED"


@dataclass(frozen=True)
class Case:
    name: str
    buildspec: str
    status: str = SUCCEEDED
    phases: dict[str, str] = field(default_factory=dict)
    output: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    phases_absent: tuple[str, ...] = ()


def phases(**commands: str) -> str:
    body = "".join(f"  {name}:\n{text}" for name, text in commands.items())
    return f"version: 0.2\nphases:\n{body}"


def runs(*commands: str, **more: str) -> str:
    extra = "".join(f"    {key.replace('_', '-')}: {value}\n" for key, value in more.items())
    return f"    commands: [{', '.join(repr(command) for command in commands)}]\n{extra}"


CASES = [
    Case("directory lasts", spec("mkdir -p a/b; cd a/b", "basename $(/bin/pwd)"), output=("b",)),
    Case("exported variables last", spec("export GREETING='hello you'", "echo $GREETING"), output=("hello you",)),
    Case("plain variables last", spec("COUNT=41", "COUNT=$((COUNT + 1))", "echo $COUNT"), output=("42",)),
    Case("plain variables reach programs, as on AWS", spec("A=1", "sh -c 'echo got $A'"), output=("got 1",)),
    Case(
        "state lasts from phase to phase",
        phases(install=runs("X=5; cd /"), build=runs("echo $X in $PWD")),
        output=("5 in /",),
    ),
    Case("exit 0 ends the command, not the build", spec("echo a; exit 0; echo b", "echo c"), output=("a", "c")),
    Case(
        "exit 7 fails the phase with its status",
        spec("exit 7", "echo never"),
        FAILED,
        {"BUILD": FAILED, "POST_BUILD": SUCCEEDED, "UPLOAD_ARTIFACTS": SUCCEEDED},
        log=(
            "Running command exit 7",
            "Command did not exit successfully exit 7 exit status 7",
            "Phase complete: BUILD State: FAILED",
            "COMMAND_EXECUTION_ERROR Message: Error while executing command: exit 7. Reason: exit status 7",
        ),
        absent=("echo never",),
    ),
    Case("a command that is not there is 127", spec("no-such-program"), FAILED, log=("Reason: exit status 127",)),
    Case("a syntax error is that command's", spec("'if true; then'", "echo x"), FAILED, log=("Reason: exit status",)),
    Case("an open here-document ends with its command", spec("'cat <<END'", "echo next"), output=("next",)),
    Case(
        "install failing ends the build",
        phases(install=runs("false"), build=runs("echo never")),
        FAILED,
        {"INSTALL": FAILED, "FINALIZING": SUCCEEDED},
        phases_absent=("PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"),
    ),
    Case(
        "pre_build failing ends the build",
        phases(pre_build=runs("false"), post_build=runs("echo never")),
        FAILED,
        {"PRE_BUILD": FAILED},
        phases_absent=("BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"),
    ),
    Case(
        "a failed build runs post_build, which can tell",
        phases(
            pre_build=runs("echo before=$CODEBUILD_BUILD_SUCCEEDING"),
            build=runs("false"),
            post_build=runs("echo after=$CODEBUILD_BUILD_SUCCEEDING"),
        ),
        FAILED,
        output=("before=1", "after=0"),
    ),
    Case(
        "finally runs after a failure, the rest does not",
        phases(build=runs("false", "echo rest", **{"finally": "[echo cleaned $CODEBUILD_BUILD_SUCCEEDING]"})),
        FAILED,
        output=("cleaned 0",),
        absent=("Running command echo rest",),
    ),
    Case(
        "a failing finally fails the phase",
        phases(build=runs("true", **{"finally": "[exit 9]"})),
        FAILED,
        {"BUILD": FAILED},
        log=("Error while executing command: exit 9. Reason: exit status 9",),
    ),
    Case(
        "on-failure ABORT skips post_build",
        phases(build=runs("false", on_failure="ABORT"), post_build=runs("echo never")),
        FAILED,
        {"UPLOAD_ARTIFACTS": SUCCEEDED},
        phases_absent=("POST_BUILD",),
    ),
    Case(
        "on-failure CONTINUE goes on after install, and the build has failed",
        phases(install=runs("false", on_failure="CONTINUE"), build=runs("echo went on")),
        FAILED,
        {"INSTALL": FAILED, "BUILD": SUCCEEDED},
        output=("went on",),
    ),
    Case(
        "on-failure RETRY runs the phase again until it succeeds",
        phases(build=runs("echo x >>tries; wc -l <tries", "[ $(wc -l <tries) -ge 3 ]", on_failure="RETRY")),
        output=("1", "2", "3"),
        log=("Retrying phase BUILD (2 of 3)",),
    ),
    Case(
        "on-failure RETRY-1 gives up after one more",
        phases(build=runs("echo tried; exit 4", on_failure="RETRY-1"), post_build=runs("echo after")),
        FAILED,
        {"BUILD": FAILED},
        output=("tried", "tried", "after"),
    ),
    Case(
        "on-failure RETRY-regex looks at what the command said",
        phases(build=runs("echo connection refused; exit 1", on_failure="RETRY-2-connection ref.sed")),
        FAILED,
        output=("connection refused",) * 3,
    ),
    Case(
        "on-failure RETRY-regex that does not match tries once",
        phases(build=runs("echo other; exit 1", on_failure="RETRY-2-connection refused")),
        FAILED,
        output=("other",),
    ),
    Case(
        "bash on request",
        "version: 0.2\nenv: {shell: bash}\n" + spec("'a=(1 2 3); echo ${#a[@]}'")[13:],
        output=("3",),
    ),
    Case(
        "sh by itself, which is bash as on Amazon Linux",
        spec('test -n "$BASH_VERSION"; shopt -o posix'),
        output=("posix          \ton",),
    ),
    Case("nothing to read from", spec("read line || echo no input"), output=("no input",)),
    Case("an output without a newline is a line", spec("printf abc", "printf def"), output=("abc", "def")),
    Case(
        "several lines in one command",
        "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        for i in 1 2; do\n"
        "          echo line $i\n        done\n",
        output=("echo line $i", "done", "line 1", "line 2"),
    ),
    Case(
        "what is left in the background does not hold the build up",
        spec("sleep 300 & echo started"),
        output=("started",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_buildspec(bench: Bench, case: Case) -> None:
    outcome = bench.run(case.buildspec)
    assert outcome.status == case.status, outcome.log
    assert case.phases.items() <= outcome.phases.items(), outcome.phases
    assert not set(case.phases_absent) & set(outcome.phases)
    shown = [line for line in outcome.output if line and ": line " not in line]
    if case.output:
        assert tuple(line.strip() for line in shown) == case.output, outcome.log
    for text in case.log:
        assert text in outcome.log
    for text in case.absent:
        assert text not in outcome.log


def test_what_a_command_printed_stands_before_what_follows(bench: Bench) -> None:
    outcome = bench.run(spec("seq 20000", "echo next"))
    lines = outcome.log.splitlines()
    following = next(index for index, line in enumerate(lines) if "Running command echo next" in line)
    assert lines[following - 1] == "20000"
    assert outcome.output[:20000] == [str(number) for number in range(1, 20001)]


def test_all_phases_stand_in_the_record_in_their_order(bench: Bench) -> None:
    outcome = bench.run(spec("true"))
    assert list(outcome.phases) == [
        *("SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"),
        *("UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED"),
    ]
    assert outcome.record["currentPhase"] == "COMPLETED"
    assert outcome.record["buildComplete"] is True
    for phase in outcome.record["phases"][:-1]:
        assert phase["endTime"] >= phase["startTime"]
        assert phase["durationInSeconds"] == 0


def test_the_folder_of_a_build_is_gone_afterwards(bench: Bench) -> None:
    outcome = bench.run(spec("mkdir locked; touch locked/file; chmod 0 locked"))
    assert outcome.status == SUCCEEDED
    assert not list(bench.running.iterdir())


@pytest.mark.parametrize(
    ("buildspec", "code", "message"),
    [
        ("version: 0.2\nphases:\n  build:\n    comands: [a]\n", "YAML_FILE_ERROR", "commands is missing in phases"),
        ("version: 0.2\nphases:\n  install:\n    runtime-versions: {docker: 20}\n", "YAML_FILE_ERROR",
         "Unknown runtime named 'docker'. This build image has the following runtimes: dotnet, golang, java, nodejs"),
        ("version: 0.2\nphases:\n  install:\n    runtime-versions: {python: 2.4}\n", "YAML_FILE_ERROR",
         "Unknown runtime version named '2.4' of python. This build image has the following versions: 3."),
        ("version: 0.2\nrun-as: somebody\nphases:\n  build:\n    commands: [a]\n", "YAML_FILE_ERROR",
         "run-as somebody can't be honoured"),
        (spec("true", reports="reports:\n  a: {files: [b], file-format: NUNITXML}\n"), "YAML_FILE_ERROR",
         "file-format NUNITXML of report group a is not read by the local AWS"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_fails_before_the_first_command(
    bench: Bench, buildspec: str, code: str, message: str
) -> None:
    outcome = bench.run(buildspec)
    assert outcome.status == FAILED
    found = outcome.context("DOWNLOAD_SOURCE")
    assert found[0] == code
    assert message in found[1]
    assert f"Phase context status code: {code} Message: {found[1]}" in outcome.log
    assert "INSTALL" not in outcome.phases


def test_a_python_that_is_there_is_python(bench: Bench) -> None:
    install = "  install:\n    runtime-versions: {python: 3.x}\n"
    outcome = bench.run(spec("python --version").replace("phases:\n", f"phases:\n{install}"))
    assert outcome.status == SUCCEEDED, outcome.log
    assert outcome.output[0].startswith("Python 3.")
