"""E1029: cfn-lint takes ``${NAME}`` outside Fn::Sub for an error; CloudFormation passes it on as it is written.

In a buildspec and a container's command it is a variable of the shell, and descriptions are for people; anywhere else
it is likely to be a mistake, which nothing refuses.
"""

import re
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E1029",)
OF_SHELL = re.compile(r"\$\{\w+\}")
COMMANDS = {"BuildSpec", "Command", "EntryPoint"}


def corrected(finding: Finding, document: Document) -> Finding | None:
    steps = finding.place.split("/")
    if steps[-1] == "Description" or (COMMANDS & set(steps) and OF_SHELL.search(finding.sentence)):
        return None
    return replace(finding, id="W1029", severity=Severity.WARNING)
