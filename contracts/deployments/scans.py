"""W9625, W9626: scanners run under a role that can't push, and wait for scans of the kind that the registry makes."""

from collections.abc import Iterator, Sequence

from buildspecs.rules.scanners.findings import SCANNERS
from contracts.commands import Command, commands_of
from contracts.permissions.of_commands import pushed
from contracts.project_index import PROJECT, ProjectIndex
from reporting.findings import Finding
from system_model.system import Resource

_WAITS = ["ecr", "wait", "image-scan-complete"]
_PUSHES = "ecr:putimage"


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at the commands of every build."""
    settings = index.system.resources("AWS::ECR::RegistryScanningConfiguration")
    enhanced = any(index.text(one.properties.get("ScanType"), one.stack) == "ENHANCED" for one in settings)
    for project in index.system.resources(PROJECT):
        commands = commands_of(project, index)
        yield from _scanner(project, commands, index)
        if enhanced and any([word.text for word in one.command.words[1:4]] == _WAITS for one in commands):
            yield index.finding(
                "W9626",
                project,
                ("Properties",),
                f"{project} waits for image-scan-complete, and the registry scans ENHANCED: the status of such a scan "
                "is ACTIVE, never COMPLETE, and the command gives up after its five minutes.",
                "Ask aws ecr describe-image-scan-findings until the status is ACTIVE.",
            )


def _scanner(project: Resource, commands: Sequence[Command], index: ProjectIndex) -> Iterator[Finding]:
    scanner = next((one for one in commands if one.command.program in SCANNERS), None)
    role = index.roles.of(project.properties.get("ServiceRole"), project.stack)
    if scanner is None or role is None or any(pushed(commands)):
        return
    if any(one.allows and one.names_action(_PUSHES) for one in role.statements):
        yield index.finding(
            "W9625",
            project,
            ("Properties", "ServiceRole"),
            f"{project} runs {scanner.command.program} and pushes no image, and its role {role.id} may push images: "
            "what is scanned, or the scanner, could replace what is deployed.",
            "Give the build a role of its own without ecr:PutImage.",
        )
