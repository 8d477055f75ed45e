"""The source action on a connection: takes a commit of the repository that the connection stands for.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult
from local_aws.services.codepipeline.store.records import Revision
from local_aws.services.codepipeline.triggers.git import Commit, GitError, Repository

WORKING_TREE = "WORKING_TREE"
"""The value of a COMMIT_ID override that asks for what lies in the repository's working tree."""

DIRTY = "-dirty"
"""Ends the revision id of a working tree that differs from its last commit."""

ZIP = "CODE_ZIP"
LONGEST_SUMMARY = 2048

FindRepositories = Callable[[str, str], Sequence[Path]]
"""Gives the local repositories for a connection's ARN and ``owner/name``; raises ``ActionError``.

The first one that has the branch, or the commit that is asked for by its id, is read.
"""

MayUse = Callable[[ActionContext], bool]
"""Tells whether the action's role may use the connection that its configuration names."""


class ConnectionSource:
    """CodeStarSourceConnection, for a repository on this machine."""

    resumable = True

    def __init__(self, find_repositories: FindRepositories, may_use: MayUse) -> None:
        self._find_repositories = find_repositories
        self._may_use = may_use

    def run(self, context: ActionContext) -> ActionResult:
        """Put the commit's tree into the output artifact and give the commit as revision and variables."""
        connection, name = context.configuration["ConnectionArn"], context.configuration["FullRepositoryId"]
        if context.configuration.get("OutputArtifactFormat", ZIP) != ZIP:
            message = f"The local AWS provides the source as {ZIP} only: set OutputArtifactFormat to {ZIP}."
            raise ActionError("ConfigurationError", message)
        if not self._may_use(context):
            message = f"Unable to use Connection: {connection}. The provided role does not have sufficient permissions."
            raise ActionError("PermissionError", message)
        repositories = [Repository(path) for path in self._find_repositories(connection, name)]
        try:
            if context.override and context.override.value == WORKING_TREE:
                _refuse_gone(name, repositories[:1])
                with repositories[0].working_tree() as (beside, commit, differs):
                    return self._take(context, beside, commit, commit.id + DIRTY if differs else commit.id)
            repository, commit = _asked_for(context, repositories)
            return self._take(context, repository, commit, commit.id)
        except GitError as error:
            raise ActionError("RevisionUnavailable", f"The repository {name} can't be read: {error}.") from error

    def _take(self, context: ActionContext, repository: Repository, commit: Commit, revision: str) -> ActionResult:
        with repository.archive(commit.id) as archive:
            context.write(next(iter(context.outputs)), archive)
        told = json.dumps({"ProviderType": "GitHub", "CommitMessage": commit.message})[:LONGEST_SUMMARY]
        branch = context.override.reference if context.override else ""
        variables = {
            "AuthorDate": commit.authored,
            "BranchName": branch or context.configuration["BranchName"],
            "CommitId": revision,
            "CommitMessage": commit.message,
            "ConnectionArn": context.configuration["ConnectionArn"],
            "FullRepositoryName": context.configuration["FullRepositoryId"],
        }
        return ActionResult(
            summary=told,
            external_id=revision,
            variables=variables,
            revision=Revision(revision, told, created=commit.committed),
        )


def _asked_for(context: ActionContext, repositories: Sequence[Repository]) -> tuple[Repository, Commit]:
    """Return the commit that the override names, else the branch's newest, with the repository that has it."""
    name, branch = context.configuration["FullRepositoryId"], context.configuration["BranchName"]
    # In the folder of one that is gone, git would read one that lies above.
    there = [one for one in repositories if one.exists]
    if context.override is None:
        for repository in there:
            commit = repository.branch(branch)
            if commit is not None:
                return repository, commit
        _refuse_gone(name, repositories)
        # A clone that never had the branch is released as it is checked out: a first rehearsal needs no branch.
        commit = repositories[0].find("HEAD")
        if commit is not None:
            return repositories[0], commit
        raise ActionError("RevisionUnavailable", f"No Branch [{branch}] found for FullRepositoryName [{name}].")
    for repository in there:
        commit = repository.find(context.override.value)
        if commit is not None:
            return repository, commit
    _refuse_gone(name, repositories)
    asked = context.override.value
    raise ActionError("RevisionUnavailable", f"No commit [{asked}] found for FullRepositoryName [{name}].")


def _refuse_gone(name: str, repositories: Sequence[Repository]) -> None:
    """Say that a repository was removed or moved, where that is why nothing was found in it."""
    for repository in repositories:
        if not repository.exists:
            why = "is not a git repository" if repository.path.is_dir() else "does not exist"
            raise ActionError(
                "RevisionUnavailable",
                f"The repository {name} is gone: {repository.path} {why} any more. Put it back, or name another with "
                "`bin/local-aws handshake --repository DIR`.",
            )
