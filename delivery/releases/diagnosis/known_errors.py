"""The usual causes of a failed release, known by their words, and what to do about each. A table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOCS = "https://docs.aws.amazon.com"
_BUILD = f"{_DOCS}/codebuild/latest/userguide"
_PIPELINE = f"{_DOCS}/codepipeline/latest/userguide"
_TASKS = f"{_DOCS}/AmazonECS/latest/developerguide"


@dataclass(frozen=True)
class Cause:
    """A cause and its remedy. ``pattern`` is searched in what the action said; ``source`` is a page that tells more."""

    pattern: str
    says: str
    remedy: str
    source: str


CAUSES = (
    Cause(
        r"No Branch \[(?P<branch>[^][]*)\] found",
        "The repository has no branch {branch}.",
        "Make it: `git branch {branch}` in the repository that the connection stands for (on GitHub: "
        "`git push origin HEAD:{branch}`), then release again.",
        f"{_PIPELINE}/action-reference-CodestarConnectionSource.html",
    ),
    Cause(
        r"The repository (?P<name>\S+) is gone: ",
        "The folder of repository {name} was removed or moved.",
        "Do what the message says, then release again.",
        f"{_PIPELINE}/action-reference-CodestarConnectionSource.html",
    ),
    Cause(
        r"No commit \[(?P<commit>[^][]*)\] found",
        "The repository has no commit {commit}.",
        "Push the commit to it, or name another with --commit.",
        f"{_PIPELINE}/pipelines-trigger-source-overrides.html",
    ),
    Cause(
        r"Unable to use Connection|UseConnection|[Cc]onnection .{0,200}(PENDING|not available|not in AVAILABLE)",
        "The connection to the repository can't be used: it is unfinished, or the pipeline's role may not use it.",
        "Finish it as the end of a deployment says, or grant the role both UseConnection actions on it.",
        f"{_PIPELINE}/troubleshooting.html",
    ),
    Cause(
        r"not authorized to perform: ssm:GetParameters?",
        "The build's role may not read the parameters that its buildspec names.",
        "Grant ssm:GetParameters on parameter/PATH/* to the project's role, deploy, then retry.",
        f"{_BUILD}/troubleshooting.html",
    ),
    Cause(
        r"not authorized to perform: ecr:GetAuthorizationToken",
        "The build's role may not log in to the registry.",
        "Grant ecr:GetAuthorizationToken on * (it takes no narrower resource) to the project's role, deploy, retry.",
        f"{_DOCS}/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html",
    ),
    Cause(
        r"Cannot perform an interactive login|no basic auth credentials|authorization token has expired",
        "docker login got no password: the command before it failed, which asks the registry for one.",
        "Read the lines above it; usually the role lacks ecr:GetAuthorizationToken.",
        f"{_DOCS}/AmazonECR/latest/userguide/common-errors-docker.html",
    ),
    Cause(
        r"not authorized to perform: ecr:|denied: .{0,200}(push|not authorized)|pushing .{0,200}EOF|unexpected EOF|"
        r"repository .{0,200} does not exist|RepositoryNotFound|name unknown",
        "The image could not be pushed: the role may not push to the repository, or there is no such repository.",
        "Grant the six push actions on the repository to the project's role, or deploy the repository; then retry.",
        f"{_DOCS}/AmazonECR/latest/userguide/image-push-iam.html",
    ),
    Cause(
        r"ImageTagAlreadyExists|tag is immutable|cannot be overwritten because the repository is immutable",
        "The tag is taken, and the repository keeps tags as they are.",
        "Release another commit: an image of this one is in the registry already.",
        f"{_DOCS}/AmazonECR/latest/userguide/image-tag-mutability.html",
    ),
    Cause(
        r"(not authorized to perform: |permissions? .{0,200})(s3|kms):|KMS\.AccessDenied|artifact .{0,200}(S3|bucket)|"
        r"CLIENT_ERROR: .{0,200}AccessDenied",
        "A role may not read or write the artifacts, or use their key.",
        "Grant s3:GetObject and s3:PutObject on the artifact bucket, kms:Decrypt and kms:GenerateDataKey on its key.",
        f"{_PIPELINE}/troubleshooting.html",
    ),
    Cause(
        r"iam:PassRole",
        "The pipeline's role may not hand the task's roles to ECS.",
        "Grant iam:PassRole on the task role and the execution role, limited to ecs-tasks.amazonaws.com.",
        f"{_PIPELINE}/action-reference-ECS.html",
    ),
    Cause(
        r"ResourceInitializationError.{0,200}(secret|ssm|SSM|parameter)|unable to (pull|retrieve) secrets|"
        r"[Ii]nvalid ssm parameters|Invalid parameters|ParameterNotFound|can't find the specified secret",
        "A secret or parameter that is read at the start is not there, or the role may not read it.",
        "`bin/secret list` shows what is missing, `bin/secret put` puts it.",
        f"{_TASKS}/resource-initialization-error.html",
    ),
    Cause(
        r"Cannot connect to the Docker daemon|docker: (command )?not found|no Docker engine|Docker engine|dockerd",
        "There is no Docker engine where the build or the task runs.",
        "On AWS: the project needs privileged mode. On this machine: install and start Docker (`.ci/install-docker` "
        "does it on Debian), or a podman with a socket that docker understands.",
        f"{_BUILD}/sample-docker.html",
    ),
    Cause(
        r"no space left on device|No space left|ENOSPC",
        "The disk is full where the build runs.",
        "On this machine: `docker system prune` and `df -h`. On AWS: a larger compute type, or fewer layers.",
        f"{_BUILD}/build-env-ref-compute-types.html",
    ),
    Cause(
        r"address already in use|port is already allocated|Bind for .{0,200} failed",
        "A port that is needed is taken by something else on that machine.",
        "Find it with `ss -ltnp`, stop it, and retry.",
        f"{_BUILD}/troubleshooting.html",
    ),
    Cause(
        r"toomanyrequests|pull rate limit|429 Too Many Requests",
        "The public registry limits how many images may be pulled without login.",
        "Wait and retry, or take the base image from public.ecr.aws or a registry of your own.",
        f"{_BUILD}/troubleshooting.html",
    ),
    Cause(
        r"CannotPullContainer|pull access denied|manifest unknown|manifest for .{0,200} not found|"
        r"failed to resolve reference",
        "An image can't be pulled: it is not there under that name, or the role may not read it.",
        "Check the name, and that the execution role may read the repository.",
        f"{_TASKS}/task_cannot_pull_image.html",
    ),
    Cause(
        r"YAML_FILE_ERROR|buildspec.{0,200}(not found|does not exist|[Ii]nvalid)|wrong number of container tags",
        "The buildspec is not there, or CodeBuild can't read it.",
        "Correct the line that the message names; `bin/templates` lints the buildspecs.",
        f"{_BUILD}/build-spec-ref.html",
    ),
    Cause(
        r"no matching artifact paths found|no matching base directory path found",
        "The build did not write the files that its buildspec promises.",
        "See what its commands wrote, and correct `artifacts` in the buildspec.",
        f"{_BUILD}/build-spec-ref.html",
    ),
    Cause(
        r"no container named|ECS container .{0,200} does not exist|imagedefinitions",
        "The image definitions file does not fit the task definition.",
        "Its name must be a container's name in the task definition; the buildspec writes it from CONTAINER_NAME.",
        f"{_PIPELINE}/file-reference.html",
    ),
    Cause(
        r"ApprovalRejected|[Rr]ejected by",
        "Somebody rejected it.",
        "Ask them why; the next release asks again.",
        f"{_PIPELINE}/approvals.html",
    ),
    Cause(
        r"health checks? failed|[Uu]nhealthy|failed (container|ELB) health checks|circuit breaker|"
        r"unable to reach steady",
        "The new tasks did not get healthy; the service keeps the old ones where there are any.",
        "Read what the tasks wrote (`bin/logs --task`): usually a setting or secret is missing, or the code fails at "
        "its start. Try the image on its own with `docker run`.",
        f"{_TASKS}/troubleshoot-service-load-balancers.html",
    ),
    Cause(
        r"Essential container .{0,200} exited|exited with code|exec format error|exec: .{0,200}not found",
        "The container ended by itself right after its start.",
        "Read what it wrote (`bin/logs --task`), and check its entry point and its architecture.",
        f"{_TASKS}/stopped-task-error-codes.html",
    ),
    Cause(
        r"OutOfMemory|exit(ed with)? code:? 137|Exit code 137|Killed",
        "The process was killed, usually for want of memory.",
        "Give the task or the build project more memory, or find what takes it.",
        f"{_TASKS}/stopped-task-error-codes.html",
    ),
    Cause(
        r"TIMED_OUT|TimeoutError|BUILD_TIMED_OUT|did not (end|complete) within|timed out",
        "It took longer than it may.",
        "See in the last lines what it waited for; raise the timeout in the settings only if it needs the time.",
        f"{_PIPELINE}/limits.html",
    ),
    Cause(
        r"^(FAILED|ERROR) \S+::|(?<!=)=+ .{0,200}\b\d+ (failed|errors?)\b.{0,200} =",
        "Tests failed.",
        "Run the service's tests here, fix what they show, commit, and release that.",
        f"{_BUILD}/test-reporting.html",
    ),
    Cause(
        r"not authorized to perform|AccessDenied|Access Denied|sufficient permissions",
        "A role lacks a right: the message names the action and the resource.",
        "Grant it in templates_src/, deploy, then retry.",
        f"{_PIPELINE}/troubleshooting.html",
    ),
    Cause(
        r"failed to (solve|compute)|The command '.{0,200}' returned a non-zero code|dockerfile parse error|COPY failed",
        "A step of the Dockerfile failed.",
        "Build it here: `docker build backend-flask`, and fix the step that the last lines show.",
        "https://docs.docker.com/reference/dockerfile/",
    ),
    Cause(
        r"InternalError|Internal ?Service|INTERNAL_SERVICE|InternalFailure|ThrottlingException",
        "The service itself failed, ended or was overloaded.",
        "Retry; if it stays, look at https://health.aws.amazon.com, or at the log of the local AWS.",
        f"{_PIPELINE}/troubleshooting.html",
    ),
)
"""Special causes stand before general ones."""

_BY_PATTERN = [(re.compile(cause.pattern, re.MULTILINE), cause) for cause in CAUSES]


@dataclass(frozen=True)
class Found:
    """A cause with its words filled in."""

    says: str
    remedy: str
    source: str


FAILED_TESTS = "FAILED tests::"
"""What is said of a build whose report has failed tests; the table knows it."""


def lines(said: Sequence[str]) -> list[str]:
    """Give the lines that tell the likely cause and its remedy; none where the cause is not known."""
    found = find(said)
    return [f"Likely cause: {found.says}", f"What to do: {found.remedy} ({found.source})"] if found else []


def find(said: Sequence[str]) -> Found | None:
    """Give the likely cause. The texts in ``said`` are searched one after another, the most telling first."""
    for text in said:
        for pattern, cause in _BY_PATTERN:
            match = pattern.search(text)
            if match:
                words = {name: value or "" for name, value in match.groupdict().items()}
                return Found(cause.says.format(**words), cause.remedy.format(**words), cause.source)
    return None
