from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

STRICT = ("-S", "--strict")


class NotStrict(Rule):
    """pip-audit that passes over what it can't look up."""

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
