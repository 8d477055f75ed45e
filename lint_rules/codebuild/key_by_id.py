import re
from collections.abc import Iterator

from lint_rules.codebuild.project import PROJECT, projects
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")


class KeyById(Rule):
    """A key that is named by its id."""

    id = "W9221"
    shortdesc = "A project's key is named by its ARN or an alias"
    description = (
        "EncryptionKey is the ARN of a key, or alias/NAME. The id, which Ref returns, is neither, and is looked "
        "for in no other account."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html#CodeBuild-CreateProject-request-encryptionKey"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        for project in projects(template):
            key = project["EncryptionKey"]
            referred = template.all_resources.get(key.target or "") if key.function == "Ref" else None
            is_id = bool(_ID.fullmatch(key.text or ""))
            if is_id or (referred is not None and referred.type == "AWS::KMS::Key"):
                yield fault(key, "EncryptionKey is the ARN of a key, or alias/NAME, not its id. Use GetAtt of Arn.")
