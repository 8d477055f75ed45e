"""E9751."""

from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject


class EcrGetLogin(Rule):
    """aws ecr get-login is gone."""

    id = "E9751"
    shortdesc = "aws ecr get-login is no command of the AWS CLI 2"
    description = (
        "The images of CodeBuild have the AWS CLI 2, which has no get-login: it ends with Invalid choice, and the "
        "build with it, or goes on without being logged in."
    )
    source_url = "https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """See the class."""
        for command, simple in subject.simple_commands("aws"):
            words = [word.text for word in simple.arguments]
            if "ecr" in words and "get-login" in words:
                remedy = "Write aws ecr get-login-password | docker login --username AWS --password-stdin HOST."
                yield of(command, simple, "The AWS CLI 2 has no 'ecr get-login'.", remedy)
