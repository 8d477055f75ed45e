from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

SECTIONS = ("variables", "parameter-store", "secrets-manager")


class DuplicatedVariable(Rule):
    """A variable is given twice."""

    id = "W9720"
    shortdesc = "A variable is set in two sections of env"
    description = (
        "A name that is in variables and in parameter-store or secrets-manager gets one of the values, and which "
        "one is not documented; a placeholder in variables may win over the secret."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        environment = subject.buildspec.environment
        given: dict[str, str] = {}
        for section, names in zip(
            SECTIONS,
            (environment.variables, environment.parameter_store, environment.secrets_manager),
            strict=True,
        ):
            for name in names:
                if name in given:
                    sentence = f"{name} is set in env/{given[name]} and again in env/{section}."
                    yield at(subject, ("env", section, name), sentence, "Keep one of the two.")
                given.setdefault(name, section)
