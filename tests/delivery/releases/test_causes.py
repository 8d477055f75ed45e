"""The table of causes, on the words that the services themselves use."""

import re

import pytest

from delivery.releases.diagnosis import known_errors

SAID = {
    "ROLE is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:x": "parameters that its buildspec",
    "User: x is not authorized to perform: ecr:GetAuthorizationToken on resource: *": "may not log in to the registry",
    "Error: Cannot perform an interactive login from a non TTY device": "docker login got no password",
    "User: x is not authorized to perform: ecr:InitiateLayerUpload on resource: y": "could not be pushed",
    "error pushing image: failed commit: unexpected EOF": "could not be pushed",
    "tag invalid: The image tag 'a' already exists and cannot be overwritten because the tag is immutable.": "The tag",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.": "no Docker engine",
    "YAML_FILE_ERROR: Unknown runtime named 'docker'": "The buildspec is not there",
    "CLIENT_ERROR: no matching artifact paths found": "did not write the files",
    "write /var/lib/docker/x: no space left on device": "The disk is full",
    "OSError: [Errno 98] Address already in use\nerror: address already in use": "A port that is needed",
    "toomanyrequests: You have reached your pull rate limit.": "limits how many images",
    "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve": "secret",
    "Task failed container health checks": "did not get healthy",
    "(service web) deployment failed: deployment circuit breaker was triggered.": "did not get healthy",
    "Essential container in task exited; exit code 1": "ended by itself",
    "BUILD_TIMED_OUT: Build has timed out.": "longer than it may",
    "=========== 2 failed, 289 passed, 2 errors in 200.44s ===========": "Tests failed",
    "CannotPullContainerError: manifest unknown": "can't be pulled",
    "The AWS ECS container web does not exist": "image definitions file",
    "r is not authorized to perform: iam:PassRole on resource: t": "may not hand the task's roles",
    "The repository a/b is gone: /tmp/b does not exist any more.": "The folder of repository a/b was removed or moved",
    "No Branch [prod] found for FullRepositoryName [a/b].": "has no branch prod",
    "ApprovalRejected Rejected by arn:aws:iam::1:user/x": "Somebody rejected it",
    "Code: INTERNAL_SERVICE_ERROR, Message: The local AWS was ended while this build ran.": "failed, ended or",
    "r is not authorized to perform: sqs:SendMessage on resource: q": "A role lacks a right",
}


@pytest.mark.parametrize("said", SAID)
def test_a_cause_is_known_by_its_words(said: str) -> None:
    found = known_errors.find([said])
    assert found is not None
    assert SAID[said] in found.says


def test_what_is_said_first_counts_most() -> None:
    found = known_errors.find(["no space left on device", "Error: Cannot perform an interactive login"])
    assert found is not None
    assert found.says.startswith("The disk is full")


def test_nothing_is_claimed_where_nothing_is_known() -> None:
    assert known_errors.find(["exit status 3"]) is None
    assert known_errors.lines([]) == []


@pytest.mark.parametrize("cause", known_errors.CAUSES, ids=lambda cause: cause.pattern[:30])
def test_every_cause_has_a_remedy_and_a_source(cause: known_errors.Cause) -> None:
    re.compile(cause.pattern)
    assert cause.says.endswith(".")
    assert cause.remedy.endswith(".")
    assert cause.source.startswith("https://")
