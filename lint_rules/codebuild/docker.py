"""Docker in builds, and the privileges that it needs."""

from collections.abc import Iterator

from lint_rules.codebuild.inline import DOCKER, inline_findings, inline_subject
from lint_rules.codebuild.project import PROJECT, ProjectRule, inline_buildspec, known
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View


class DockerWithoutPrivileges(Rule):
    id = "E9223"
    shortdesc = "A project whose commands use Docker is privileged"
    description = (
        "Outside privileged mode no Docker daemon runs beside the build, and docker build, run, pull and push "
        "end with: Cannot connect to the Docker daemon."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html#troubleshooting-cannot-connect-to-docker-daemon"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        for project, finding in inline_findings(template):
            if finding.id == DOCKER:
                yield fault(
                    project["Environment"]["PrivilegedMode"],
                    f"Line {finding.line} of the buildspec uses Docker, which needs privileged mode. "
                    "Set PrivilegedMode to true.",
                )


class LayerCacheWithoutPrivileges(ProjectRule):
    id = "W9227"
    shortdesc = "A cache of Docker layers needs privileged mode"
    description = (
        "The layers are kept by the Docker daemon beside the build, which runs in privileged mode alone: "
        "without it the mode does nothing."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/caching-local.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        privileged = project["Environment"]["PrivilegedMode"]
        for mode in project["Cache"]["Modes"].items:
            if mode.text == "LOCAL_DOCKER_LAYER_CACHE" and (privileged.absent or privileged.flag is False):
                yield fault(mode, "No Docker daemon keeps these layers. Set PrivilegedMode to true, or drop the mode.")


class PrivilegesWithoutDocker(ProjectRule):
    id = "W9226"
    shortdesc = "A project is privileged when it uses Docker"
    description = (
        "A privileged build may do anything on its host. Where none of the commands of the buildspec can "
        "start a container, the privilege serves only who gets hold of the build."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security_iam_service-with-iam.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        privileged = project["Environment"]["PrivilegedMode"]
        elsewhere = "_LAMBDA_" in (project["Environment"]["Type"].text or "")
        needed = elsewhere or project["FileSystemLocations"].present or _caches_layers(project)
        if privileged.flag and not needed and inline_buildspec(project) is not None and _is_plain(project):
            yield fault(privileged, "No command of the buildspec needs privileges. Leave PrivilegedMode out.")


def _caches_layers(project: Resource) -> bool:
    return any(mode.text == "LOCAL_DOCKER_LAYER_CACHE" for mode in project["Cache"]["Modes"].items)


def _is_plain(project: Resource) -> bool:
    """Whether all commands are known to start no container."""
    subject = inline_subject(project)
    if subject is None or subject.problems or subject.on_windows:
        return False
    programs = [simple.program for _, simple in subject.simple_commands() if simple.words]
    broken = any(command.script.faults for command in subject.commands)
    # Commands that only talk stand for others, which an action gives in their place.
    works = bool(set(programs) - {"echo", "printf"})
    return works and not broken and set(programs) <= set(known("programs")["plain"])
