"""Starts an execution: of the branch's newest commit, of a commit by its id, or of a working tree."""

import re
import subprocess
from collections.abc import Sequence

from delivery.aws.errors import RefusedByAwsError
from delivery.deploy.next_steps import how_to_finish
from delivery.output.reporter import Reporter
from delivery.releases.model import executions_api
from delivery.releases.model.execution import SOURCE, Action, Stage
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun
from reporting.errors import CannotRunError
from settings.root import PROJECT_ROOT

COMMIT_TYPE = "COMMIT_ID"
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SourceRevisionOverride.html"""

_FULL_ID = re.compile(r"[0-9a-f]{40}")


def source_action(target: Target) -> Action:
    """Return the action that reads the repository; ``CannotRunError`` where none can, or there is no such pipeline."""
    source = _source(target, structure(target))
    _check_connection(target, source)
    return source


def start(target: Target, source: Action, revision: str | None, teller: Reporter) -> str:
    """Start an execution of ``revision``, or of the branch where it is ``None``; give its id.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html
    """
    overrides = [{"actionName": source.name, "revisionType": COMMIT_TYPE, "revisionValue": revision}]
    given = {"sourceRevisions": overrides} if revision else {}
    with may_have_begun(target, "a release has started", teller):
        started = target.aws.codepipeline.start_pipeline_execution(name=target.name, **given)  # type: ignore[arg-type]
        return started["pipelineExecutionId"]


def structure(target: Target) -> Sequence[Stage]:
    """Return the pipeline's stages; ``CannotRunError`` says what to do where there is no such pipeline."""
    try:
        return executions_api.stages(target.aws, target.name)
    except RefusedByAwsError as refusal:
        if refusal.code != "PipelineNotFoundException":
            raise
        raise CannotRunError(
            f"{target.name}: there is no such pipeline in environment {target.environment.name}; "
            f"deploy it first with {target.deploy_command()}."
        ) from None


def _source(target: Target, stages: Sequence[Stage]) -> Action:
    first = stages[0].actions if stages else ()
    source = next((action for action in first if action.category == SOURCE), None)
    if source is None:
        raise CannotRunError(f"{target.name}: its first stage has no source action, so no commit can be named to it.")
    return source


def _check_connection(target: Target, source: Action) -> None:
    """Refuse to start while the connection to the repository was never finished: its first action could only fail.

    https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html
    """
    arn = source.configuration.get("ConnectionArn")
    if arn is None:
        return
    try:
        found = target.aws.codeconnections.get_connection(ConnectionArn=arn)["Connection"]
    except RefusedByAwsError:  # it can't be seen with these credentials; the source action will tell how it stands
        return
    status = found.get("ConnectionStatus", "")
    if status == "AVAILABLE":
        return
    raise CannotRunError(
        f"{target.name}: its connection {found.get('ConnectionName', arn)} is {status}, so no repository can be read. "
        f"{how_to_finish(target.environment)}"
    )


def commit_id(given: str) -> str:
    """Return the full id of a commit; what is shorter, or a name, is looked up in this repository."""
    if _FULL_ID.fullmatch(given):
        return given
    words = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}"]
    try:
        found = subprocess.run(words, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotRunError(
            f"--commit: {given!r} can't be looked up, as git can't be run: {error.strerror}; write all 40 digits."
        ) from None
    if found.returncode != 0:
        raise CannotRunError(
            f"--commit: found {given!r}, which is not a commit of this repository; allowed is all of a commit's 40 "
            "hexadecimal digits, or what `git rev-parse` understands here."
        )
    return found.stdout.strip()


def working_tree(target: Target) -> str:
    """Return the revision that means this folder's files; refused where the environment has none."""
    revision = target.environment.working_tree_revision
    if revision is None:
        raise CannotRunError(
            f"--working-tree: the AWS of environment {target.environment.name} reads GitHub and not this machine; "
            f"commit, push to branch {target.pipeline.branch}, and release that."
        )
    return revision
