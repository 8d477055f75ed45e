"""Commands that hand something to others: an image to a registry, a release to what runs it."""

import re
from collections.abc import Iterator

from buildspecs.reading.model import PHASES, Action
from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

PUBLISHES = (
    "docker push",
    "docker image push",
    "docker manifest push",
    "podman push",
    "crane push",
    "skopeo copy",
    "npm publish",
    "yarn publish",
    "twine upload",
    "helm push",
    "helm upgrade",
    "helm install",
    "kubectl apply",
    "kubectl set",
    "terraform apply",
    "sam deploy",
    "cdk deploy",
    "serverless deploy",
    "sls deploy",
    "eb deploy",
    "ecs-cli compose",
    "aws ecs update-service",
    "aws deploy create-deployment",
    "aws lambda update-function-code",
    "aws lambda update-alias",
    "aws lambda publish-version",
    "aws cloudformation deploy",
    "aws cloudformation create-stack",
    "aws cloudformation update-stack",
    "aws cloudformation execute-change-set",
    "aws elasticbeanstalk update-environment",
    "aws apprunner start-deployment",
    "aws codepipeline start-pipeline-execution",
)
"""How such commands begin, options left out."""

OF_THE_BUILD = re.compile(r"report|coverage|result|log|screenshot|trace|cache|artifact", re.IGNORECASE)
"""Folders that are kept of a failed build most of all."""

SERVICE_OPTIONS = {"--profile", "--region", "--output", "--endpoint-url", "--query"}
"""Options of the AWS CLI that may stand before the service's name, with a value."""


def published(command: SimpleCommand) -> str:
    """Return what a command does, such as ``docker push``; empty when it hands on nothing."""
    program = "cdk" if command.program == "npx" else command.program
    words = [program, *_plain(command)]
    for begins in PUBLISHES:
        expected = begins.split()
        if words[: len(expected)] == expected:
            return begins
    if program == "docker" and words[1:2] in (["buildx"], ["build"]) and "--push" in command.options():
        return "docker build --push"
    folder = words[2:3] == ["sync"] or "--recursive" in command.options()
    if words[:2] == ["aws", "s3"] and folder and words[4:5] and words[4].startswith("s3://"):
        return "" if OF_THE_BUILD.search(f"{words[3]} {words[4]}") else " ".join(words[:3])
    return ""


def _plain(command: SimpleCommand) -> list[str]:
    words: list[str] = []
    skip = False
    for word in command.arguments:
        if skip or word.text.startswith("-"):
            skip = not skip and word.text in SERVICE_OPTIONS
        elif word.text != "cdk":
            words.append(word.text)
    return words


SAYS = ("echo", "printf", "date")
OF_IMAGES = ("docker push", "docker image push")
GUARD = "CODEBUILD_BUILD_SUCCEEDING"


class PushAfterFailure(Rule):
    id = "W9732"
    shortdesc = "Something is published although the build may have failed"
    description = (
        "CodeBuild runs post_build even when build failed, unless build has on-failure: ABORT, and finally in any "
        "case. Then an image is pushed, or a release deployed, whose tests or build did not pass."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        first = next(_unguarded(subject, "post_build", in_finally=False), None)
        if first is not None and _may_go_on(subject):
            command, simple, what = first
            sentence = f"post_build runs {what} even when build failed."
            yield of(command, simple, sentence, f"Write on-failure: ABORT in phases/build, or check {GUARD} before.")
        for phase in PHASES:
            for command, simple, what in _unguarded(subject, phase, in_finally=True):
                sentence = f"finally runs {what} even when a command of {phase} failed."
                yield of(command, simple, sentence, f"Make it one of the phase's commands, or check {GUARD} before.")


def _may_go_on(subject: Subject) -> bool:
    """Return whether post_build may publish what a build made that failed.

    A build without commands does not fail, and one that ends with making the image has none to push unless it was made.
    """
    build = subject.buildspec.phases.get("build")
    if build is None or not build.commands or _ends_with_image(subject):
        return False
    return build.on_failure is None or build.on_failure.action is Action.CONTINUE


def _ends_with_image(subject: Subject) -> bool:
    """Check whether making an image, and naming it, is the last of build, and images alone are pushed."""
    made = [simple for command, simple in subject.simple_commands() if command.phase == "build"]
    while made and (made[-1].program in SAYS or _is_docker(made[-1], "tag")):
        made.pop()
    pushed = [what for _, _, what in _unguarded(subject, "post_build", in_finally=False)]
    return bool(made) and _is_docker(made[-1], "build") and all(what in OF_IMAGES for what in pushed)


def _is_docker(simple: SimpleCommand, action: str) -> bool:
    words = [word.text for word in simple.arguments if not word.text.startswith("-")]
    return simple.program == "docker" and action in words[:2]


def _unguarded(subject: Subject, phase: str, *, in_finally: bool) -> Iterator[tuple[Command, SimpleCommand, str]]:
    for command in subject.commands:
        if command.phase != phase or command.in_finally != in_finally:
            continue
        if GUARD in command.text:
            return
        for simple in command.script.commands:
            what = published(simple)
            if what:
                yield command, simple, what
