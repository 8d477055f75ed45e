"""The first cause, the links, the tokens: what a person reads."""

import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from delivery.aws import console_links
from delivery.cli import spelling
from delivery.model.events import Event
from delivery.releases.model import deployed_service
from delivery.stacks import failure_report, request_tokens
from tests.delivery.project import ROOT, Project

STACK = "arn:aws:cloudformation:ca-central-1:1:stack/shop/1"


def event(name: str, status: str, reason: str = "", physical_id: str = "x") -> Event:
    kind = "AWS::CloudFormation::Stack" if physical_id == STACK else "AWS::SNS::Topic"
    return Event(name, datetime.now(tz=UTC), STACK, name, physical_id, kind, status, reason, "")


def test_the_first_cause_is_neither_the_cascade_nor_the_stacks_own_line() -> None:
    events = [
        event("shop", "CREATE_IN_PROGRESS", "User Initiated", STACK),
        event("First", "CREATE_FAILED", "Resource creation cancelled"),
        event("Second", "UPDATE_FAILED", "Resource update cancelled"),
        event("Third", "CREATE_FAILED", "AccessDenied: no"),
        event("Fourth", "CREATE_FAILED", "Limit exceeded"),
        event("shop", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Third].", STACK),
        event("Fifth", "DELETE_FAILED", "not empty"),
    ]

    cause = failure_report.root_cause(events)

    assert cause is not None
    assert cause.logical_id == "Third"


def test_without_a_failed_resource_the_stacks_own_reason_is_the_cause() -> None:
    events = [
        event("shop", "CREATE_IN_PROGRESS", "User Initiated", STACK),
        event("shop", "ROLLBACK_IN_PROGRESS", "Stack creation time exceeded the specified timeout", STACK),
    ]

    cause = failure_report.root_cause(events)

    assert cause is not None
    assert cause.reason == "Stack creation time exceeded the specified timeout"


def test_no_events_have_no_cause() -> None:
    assert failure_report.root_cause([]) is None


@pytest.mark.parametrize(
    ("words", "by_make"),
    [
        (("status",), "make status"),
        (
            ("release", "--environment", "prod", "--service", "shop", "--working-tree"),
            "make release ENV=prod SERVICE=shop WORKING_TREE=1",
        ),
        (("release", "--follow", "1a2b"), "make release ARGS='--follow 1a2b'"),
        (("secret", "put", "--environment", "prod", "/shop/web/KEY"), "make secret ENV=prod NAME=/shop/web/KEY"),
        (("secret", "list"), "make secret"),
    ],
)
def test_a_command_is_told_as_it_was_typed(
    words: tuple[str, ...], by_make: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert spelling.command(*words) == f"bin/{' '.join(words)}"
    monkeypatch.setenv("MAKELEVEL", "1")
    assert spelling.command(*words) == by_make


@pytest.mark.parametrize(
    ("tags", "released", "commit"),
    [
        (["cache", "cache-image", "a" * 40], "", "a" * 40),
        (["cache", f"{'b' * 40}-dirty"], "", f"{'b' * 40}-dirty"),
        (["v1.2"], "", "v1.2"),
        ([], "", ""),
        (["c" * 40, "b" * 40, "a" * 40], "dba", "b" * 40),
        (["c" * 40, "b" * 40], "d", "c" * 40),
    ],
)
def test_of_an_images_tags_the_commit_is_shown(tags: list[str], released: str, commit: str) -> None:
    assert deployed_service.commit_of(tags, [letter * 40 for letter in released]) == commit


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("ca-central-1", "https://ca-central-1.console.aws.amazon.com/"),
        ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/"),
        ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"),
    ],
)
def test_links_lead_to_the_console_of_the_region(region: str, host: str) -> None:
    assert console_links.stack(region, STACK).startswith(f"{host}cloudformation/home?region={region}#/stacks/stackinfo")
    assert console_links.connections(region).startswith(host)


def test_a_token_is_one_that_cloudformation_takes_and_tells_who_made_it() -> None:
    token = request_tokens.token("deploy")

    assert re.fullmatch("[a-zA-Z0-9][-a-zA-Z0-9]{0,127}", token)
    assert request_tokens.command_of(token) == "deploy"
    assert request_tokens.described(token).startswith("bin/deploy run by ")
    assert request_tokens.command_of("Console-ExecuteChangeSet-1") is None
    assert request_tokens.described("") == "someone else"


@pytest.mark.parametrize("command", ["deploy", "destroy", "secret"])
def test_help_is_given_without_loading_what_talks_to_aws(command: str) -> None:
    program = (
        "import sys\n"
        "from delivery.cli.commands import main\n"
        "try:\n"
        f"    main(['{command}', '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert f"usage: bin/{command}" in ended.stdout
    assert "Exit codes: 0" in ended.stdout


def test_boto3_is_imported_in_one_module_alone() -> None:
    importing = [
        path.name
        for path in (ROOT / "delivery").rglob("*.py")
        if re.search(r"^\s*(import|from) boto3", path.read_text(), re.MULTILINE)
    ]

    assert importing == ["session.py"]


def test_an_unknown_command_is_refused(project: Project) -> None:
    result = project.run("deplot")

    assert result.code == 2
    assert "found 'deplot' as the command; allowed: deploy, destroy, doctor, secret, " in result.err


def test_an_unknown_environment_is_refused_with_the_known_ones(project: Project) -> None:
    result = project.run("secret", "list", "--environment", "prot")

    assert result.code == 2
    assert "--environment: found 'prot'; allowed: local, prod, or the path of an environment file." in result.err
