"""What becomes of what a scanner finds."""

from collections.abc import Iterator
from itertools import pairwise

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

SCANNERS = (
    "bandit",
    "checkov",
    "cfn-guard",
    "gitleaks",
    "grype",
    "hadolint",
    "osv-scanner",
    "pip-audit",
    "semgrep",
    "snyk",
    "tfsec",
    "trivy",
    "trufflehog",
)
"""Programs that end with a code of their own where they find something."""
GOES_ON = ("true", ":", "echo", "exit")


class Ignored(Rule):
    id = "W9780"
    shortdesc = "What a scanner finds ends the build"
    description = (
        "A scanner says with its exit code that it found something. With || true after it, the build continues, the "
        "image is pushed, and nobody reads the log. A waiver with a reason and an end keeps the others."
    )
    source_url = "https://docs.aws.amazon.com/prescriptive-guidance/latest/devsecops-in-a-ci-cd-pipeline/welcome.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands(*SCANNERS):
            commands = command.script.commands
            after = next((then for one, then in pairwise(commands) if one is simple), None)
            ends = [word.text for word in after.arguments] if after else []
            if simple.after == "||" and after and after.program in GOES_ON and ends not in (["1"], ["2"]):
                sentence = f"What {simple.program} finds is ignored: '|| {after.program}' comes after it."
                yield of(command, simple, sentence, "Let it end the build, and waive single findings in its own file.")


STRICT = ("-S", "--strict")


class NotStrict(Rule):
    id = "W9781"
    shortdesc = "pip-audit fails on what it can not look up"
    description = (
        "Where a package is not found by the index that pip-audit asks, as behind a mirror, it reports no known "
        "vulnerabilities and ends with 0, unless it is strict: nothing was audited, and the build is green."
    )
    source_url = "https://docs.aws.amazon.com/codeartifact/latest/ug/python-configure-pip.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("pip-audit"):
            given = [word.text for word in simple.arguments]
            combined = any(one.startswith("-") and not one.startswith("--") and "S" in one for one in given)
            if not combined and not any(one in STRICT for one in given) and "--version" not in given:
                yield of(command, simple, "pip-audit passes over packages that it can't look up.", "Add --strict.")
