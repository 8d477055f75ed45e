from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import reaches_log
from buildspecs.rules.subject import Subject

FETCHES = {
    ("secretsmanager", "get-secret-value"): "",
    ("secretsmanager", "get-random-password"): "",
    ("ssm", "get-parameter"): "--with-decryption",
    ("ssm", "get-parameters"): "--with-decryption",
    ("ssm", "get-parameters-by-path"): "--with-decryption",
    ("ecr", "get-login-password"): "",
    ("ecr-public", "get-login-password"): "",
    ("codeartifact", "get-authorization-token"): "",
    ("rds", "generate-db-auth-token"): "",
    ("sts", "assume-role"): "",
    ("sts", "get-session-token"): "",
}
"""Commands of the AWS CLI that answer with a secret, and the option that they do so with."""

TELLS_OTHERS = ("ARN", "Name", "VersionId", "Version", "CreatedDate", "Parameter.Name", "Parameter.ARN")


class SecretFetchedToLog(Rule):
    """A secret is asked for, and the answer goes to the log."""

    id = "W9766"
    shortdesc = "A secret is fetched and written to the log"
    description = (
        "The AWS CLI prints what it receives. A secret that a command fetches without keeping it goes to the build's "
        "log, and CodeBuild does not mask it: it knows those of env alone."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("aws"):
            words = [word.text for word in simple.arguments]
            fetched = next((names for names in FETCHES if list(names) == words[: len(names)]), None)
            if fetched is None or not reaches_log(command, simple) or FETCHES[fetched] not in (*words, ""):
                continue
            if not any(words[at : at + 2] == ["--query", other] for at in range(len(words)) for other in TELLS_OTHERS):
                sentence = f"'aws {' '.join(fetched)}' prints the secret to the log."
                remedy = (
                    "Keep the answer (NAME=$(aws ...)) or pipe it on, or name the secret under env/secrets-manager."
                )
                yield of(command, simple, sentence, remedy)
