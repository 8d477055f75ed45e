"""The table of causes, on the words that the services themselves use."""

import tomllib
from itertools import chain
from urllib.parse import urlsplit

import pytest

from delivery.causes import search
from delivery.causes.search import CAUSES, FOLDER, RELEASE, STACK, Cause

SAID = {
    "Essential container in task was killed. Exit code: 137": "killed, usually for want of memory",
    "[ERROR] Worker (pid:268) was sent SIGKILL! Perhaps out of memory?": "has no memory left",
    "Waiter ServicesStable failed: Max attempts exceeded": "did not get healthy",
    "ERROR: Could not find a version that satisfies the requirement flask==99": "has no version of flask==99",
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
    "(service web) deployment failed: alarm detected: shop-web-errors.": "An alarm rang while the new revision",
    "deployment failed: a lifecycle hook at POST_SCALE_UP that timed out.": "A hook of the roll-out said no",
    "Task failed container health checks": "did not get healthy",
    "(service web) deployment failed: deployment circuit breaker was triggered.": "did not get healthy",
    "Essential container in task exited; exit code 1": "ended by itself",
    "BUILD_TIMED_OUT: Build has timed out.": "longer than it may",
    "=========== 2 failed, 289 passed, 2 errors in 200.44s ===========": "Tests failed",
    "============================ no tests ran in 0.03s =============================": "pytest found no tests",
    "ImportError while loading conftest '/src/shop/tests/conftest.py'.": "The tests could not be loaded",
    "FAILED tests::\nError while executing command: python -m security_checks.": "The security checks found",
    "FAILED tests::\nError while executing command: python3 -m verification.": "does not answer as",
    "CannotPullContainerError: manifest unknown": "can't be pulled",
    "The AWS ECS container web does not exist": "image definitions file",
    "r is not authorized to perform: iam:PassRole on resource: t": "may not hand the task's roles",
    "The repository a/b is gone: /tmp/b does not exist any more.": "The folder of repository a/b was removed or moved",
    "No Branch [prod] found for FullRepositoryName [a/b].": "has no branch prod",
    "ApprovalRejected Rejected by arn:aws:iam::1:user/x": "Somebody rejected it",
    "Code: INTERNAL_SERVICE_ERROR, Message: The local AWS was ended while this build ran.": "failed, ended or",
    "r is not authorized to perform: sqs:SendMessage on resource: q": "A role lacks a right",
}
REASONS = {
    "Invalid Request: Unable to assume the service linked role. Please verify that it exists.": "The account lacks the",
    "cruddur already exists in stack arn:aws:x": "A resource of this name is in the account already",
    "Resource handler returned message: Connection c is not available": "The connection to GitHub is not finished",
    "Unable to assume the service linked role. Please verify AWSServiceRoleForECS": "The account lacks the service's",
    "User: x is not authorized to perform: iam:PassRole on resource: y": "Whoever deploys may not hand this role",
    "CodePipeline is not authorized to perform AssumeRole; role cannot be assumed": "A role can't be assumed",
    "User: x is not authorized to perform: ecr:CreateRepository": "The credentials that deploy lack a right",
    "The maximum number of addresses has been reached. AddressLimitExceeded": "A quota of the account is used up",
    "'ECS Deployment was given up because of alarm detected: shop-web-errors.'": "An alarm rang while the new revision",
    "'ECS Deployment was given up because of a lifecycle hook at POST_SCALE_UP that timed out'": "A hook of",
    "Error occurred: 'ECS Deployment Circuit Breaker was triggered'": "The new tasks did not get healthy",
    "No export named cruddur-foundation:ArtifactBucketName found": "The stack that exports this value",
    "Export a:b cannot be deleted as it is in use by c": "Another stack imports this value",
    "The bucket you tried to delete is not empty": "AWS deletes only what is empty",
    "The vpc 'vpc-1' has dependencies and cannot be deleted": "Something outside the stack still uses it",
    "arn:aws:kms:x:key/1 is pending deletion": "The KMS key is disabled or about to be deleted",
    "Rate exceeded (Service: Sns)": "AWS was overloaded",
    "WaitCondition timed out. Received 0 conditions when expecting 1": "What was waited for did not happen in time",
    "Properties validation failed for resource X with message": "AWS does not take a value of this resource",
    "something never seen before": "The reason is AWS's own",
}
PAGES = (
    "docs.aws.amazon.com",
    "docs.docker.com",
    "docs.gunicorn.org",
    "docs.npmjs.com",
    "docs.pytest.org",
    "docs.python.org",
    "packaging.python.org",
    "pip.pypa.io",
    "www.postgresql.org",
)
"""Where causes are documented: by AWS, or by the makers of the tool that speaks."""
ROWS = [
    (file, cause, row["example"])
    for file, causes in CAUSES.items()
    for cause, row in zip(causes, tomllib.loads((FOLDER / f"{file}.toml").read_text("utf-8"))["cause"], strict=True)
]


@pytest.mark.parametrize("said", SAID)
def test_a_cause_is_known_by_its_words(said: str) -> None:
    found = search.first([said])
    assert found is not None
    assert SAID[said] in found.says


@pytest.mark.parametrize("reason", REASONS)
def test_each_usual_cause_of_a_failed_stack_has_its_hint(reason: str) -> None:
    assert search.hint([reason]).startswith(f"Hint: {REASONS[reason]}")


def test_what_is_said_first_counts_most() -> None:
    found = search.first(["no space left on device", "Error: Cannot perform an interactive login"])
    assert found is not None
    assert found.says.startswith("The disk is full")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("ModuleNotFoundError: No module named 'boto3'", "The Python module boto3 is not installed"),
        ("[ERROR] Worker (pid:8) was sent SIGKILL! Perhaps out of memory?", "has no memory left"),
        ("Listening at: http://0.0.0.0:8080", "did not get healthy"),
    ],
)
def test_what_a_task_wrote_counts_before_that_it_was_not_healthy(written: str, says: str) -> None:
    found = search.first(search.most_telling(written, ["Task 1 stopped: Task failed ELB health checks; exit code 137"]))
    assert found is not None
    assert says in found.says


def test_nothing_is_claimed_where_nothing_is_known() -> None:
    assert search.first(["exit status 3"]) is None
    assert search.lines([]) == []


def test_each_file_of_the_table_is_searched() -> None:
    assert set(CAUSES) == {*STACK, *RELEASE}
    aws = [cause for cause in chain(*CAUSES.values()) if cause.source.startswith("https://docs.aws.amazon.com/")]
    assert len(aws) >= 60


@pytest.mark.parametrize(("file", "cause", "example"), ROWS, ids=[f"{file}: {said[:40]}" for file, _, said in ROWS])
def test_a_row_is_found_by_its_example(file: str, cause: Cause, example: str) -> None:
    """No other row comes before it, in any order in which its file is searched."""
    match = cause.expression.search(example)
    assert match is not None
    words = {name: value or "" for name, value in match.groupdict().items()}
    for order in (STACK, RELEASE):
        if file in order:
            found = search.first([example], order)
            assert found is not None
            assert found.says == cause.says.format(**words)
    assert cause.says.endswith(".")
    assert cause.remedy.endswith(".")
    assert urlsplit(cause.source).hostname in PAGES
