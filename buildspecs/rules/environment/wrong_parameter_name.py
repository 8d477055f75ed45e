import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

NAME = re.compile(r"[A-Za-z0-9_.\-/]+(?::[A-Za-z0-9_.\-]+)?|arn:[^\s{}]+")


class WrongParameterName(Rule):
    """A value of parameter-store that can not be the name of a parameter."""

    id = "E9722"
    shortdesc = "A value of parameter-store is the name of a parameter"
    description = (
        "CodeBuild asks Systems Manager for the parameter of exactly that name before any command runs. Names have "
        "letters, digits, and . - _ /; neither CloudFormation's {{resolve:...}} nor ssm: belong there."
    )
    source_url = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for name, value in subject.buildspec.environment.parameter_store.items():
            wrong = not NAME.fullmatch(value) or value.startswith("ssm:")
            if value and "$" not in value and wrong:
                sentence = f"'{value}' is not the name of a parameter."
                remedy = "Write the name as Parameter Store has it, such as /shop/api/TOKEN."
                yield at(subject, ("env", "parameter-store", name), sentence, remedy)
