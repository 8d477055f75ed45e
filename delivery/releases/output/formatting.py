"""Words for states, spans of time, commits and executions, the same wherever they are shown."""

from delivery.releases.model.execution import Execution, Revision

WORDS = {
    "InProgress": "In progress",
    "NotStarted": "Not yet",
}
"""The API's states where a person's words are others (https://docs.aws.amazon.com/codepipeline/latest/userguide/)."""

STYLES = {
    "InProgress": "blue",
    "Succeeded": "green",
    "Failed": "red",
    "Stopped": "yellow",
    "Stopping": "yellow",
    "Abandoned": "yellow",
    "Superseded": "yellow",
    "Cancelled": "yellow",
    "NotStarted": "grey",
}

SHORT_COMMIT = 7
SHORT_EXECUTION = 8
LONGEST_SUBJECT = 60
_MINUTE, _HOUR = 60, 3600


def state(status: str) -> str:
    """Return the state in a person's words."""
    return WORDS.get(status, status)


def action(stage: str, name: str) -> str:
    """Return an action's name with its stage's, or one where both are the same."""
    return stage if stage == name else f"{stage} / {name}"


def span(seconds: float) -> str:
    """Return a span of time: ``4 s``, ``2 min 5 s``, ``1 h 3 min``."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def commit(revision_id: str) -> str:
    """Return a commit's short id; what a source adds to the id, as in ``1a2b3c4-dirty``, is kept."""
    base, dash, added = revision_id.partition("-")
    return base[:SHORT_COMMIT] + dash + added


def short(whole: str) -> str:
    """Return the short form of an execution's id, which commands take as well."""
    return whole[:SHORT_EXECUTION]


def revision(taken: Revision) -> str:
    """Give commit and subject: ``commit 1a2b3c4 (Fix the login)``."""
    subject = taken.message.partition("\n")[0]
    subject = subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"
    return f"commit {commit(taken.id)} ({subject})" if subject else f"commit {commit(taken.id)}"


def described(execution: Execution) -> str:
    """Say what the execution is: which one, of which commit."""
    what = f"{execution.pipeline}, execution {short(execution.id)}"
    if execution.target:
        what = f"{what}, back to execution {short(execution.target)}"
    return f"{what}, {revision(execution.revisions[0])}" if execution.revisions else what
