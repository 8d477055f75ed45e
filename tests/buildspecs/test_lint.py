"""The linter's door: what it takes, and what it gives."""

from buildspecs.lint import findings
from reporting.findings import Finding, Severity


def test_a_finding_says_what_and_where() -> None:
    text = 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo "Status: done"\n'
    assert findings(text, "buildspec.yml") == [
        Finding(
            file="buildspec.yml",
            line=5,
            column=9,
            id="E9707",
            severity=Severity.ERROR,
            sentence=(
                "Expected Commands[0] to be of string type: found subkeys instead, "
                "value of the key tag on line 4 might be empty."
            ),
            remedy="Put the whole item in single quotes, or write it below a | on lines of its own.",
            place="phases/build/commands/0",
            title="A colon and a space make a mapping of a command",
            source="https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html",
        )
    ]


def test_bytes_that_are_no_text_have_a_place() -> None:
    (finding,) = findings(b"version: 0.2\nphases: \xff\n", "b.yml")
    assert (finding.id, finding.line, finding.column) == ("E9701", 2, 9)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert findings(b"\xef\xbb\xbfversion: 0.2\nphases: {build: {commands: [ls]}}\n", "b.yml") == []


def test_json_is_yaml() -> None:
    assert findings('{"version": 0.2, "phases": {"build": {"commands": ["ls"]}}}', "b.json") == []
