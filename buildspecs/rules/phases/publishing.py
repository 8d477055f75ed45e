"""Commands that hand something to others: an image to a registry, a release to what runs it."""

import re

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
