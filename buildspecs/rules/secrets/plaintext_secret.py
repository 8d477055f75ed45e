import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject
from buildspecs.secret_names import names_a_secret

OF_A_SERVICE = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bglpat-[\w-]{20}|\bxox[abpr]-[\w-]{10}|\bsk_live_\w{16}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Keys whose form tells what they are."""

IN_ADDRESS = re.compile(r"://[^/\s:@$]+:([^/\s:@$]+)@([\w-]+(?:\.[\w-]+)+)")
THROWAWAY = re.compile(
    r"(?:postgres|mysql|root|admin|password|passw0rd|secret|guest|none|null|true|false|yes|no|\d+)"
    r"|.*(?:test|example|dummy|fake|mock|placeholder|change.?me|local|sample|your|todo|xxx|\*\*\*).*|[<{$/].*|arn:.*",
    re.IGNORECASE | re.DOTALL,
)
"""What stands for a secret, or opens nothing but a database that the build itself starts."""

LONG = 32
"""No stand-in is as long as keys are, unless it is a path."""


class PlaintextSecret(Rule):
    id = "W9764"
    shortdesc = "A secret is written in the buildspec"
    description = (
        "variables are for what anyone may read: they are in the repository, and in the console and API answers of "
        "CodeBuild. Secrets belong in Secrets Manager or Parameter Store, and in the buildspec by name."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.variables"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for name, value in subject.buildspec.environment.variables.items():
            if _is_secret(name, value.strip()):
                sentence = f"{name} has a secret as its value, for all who read the buildspec."
                remedy = "Put it into Secrets Manager, name it under env/secrets-manager, and replace it: it is known."
                yield at(subject, ("env", "variables", name), sentence, remedy)


def _is_secret(name: str, value: str) -> bool:
    if OF_A_SERVICE.search(value):
        return True
    address = IN_ADDRESS.search(value)
    if address:
        return not THROWAWAY.fullmatch(address[1]) and not address[2].startswith("127.")
    return bool(value) and names_a_secret(name) and not _stands_in(value)


def _stands_in(value: str) -> bool:
    short = len(value) < LONG or value.startswith(("/", "arn:", "$", "<", "{"))
    return short and bool(THROWAWAY.fullmatch(value))
