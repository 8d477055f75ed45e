"""The end of a command that followed an execution to its end: where it ended badly, its last line says what stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from delivery.releases.model.execution import DEPLOY, FAILED, SUCCEEDED, Execution
from delivery.releases.model.target import Target
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from delivery.stacks.record import Record
from reporting.errors import CannotRunError


@contextmanager
def closing(target: Target, ended: Execution, teller: ReleaseReporter) -> Iterator[Record]:
    """Within this, the record is filled with what follows on the execution; whatever fails is ``FailedError``."""
    record = Record()
    record.note(
        f"execution {formatting.short(ended.id)} {ended.status.lower()}{what_became_of_the_image(ended)}", changed=True
    )
    try:
        yield record
    except KeyboardInterrupt:
        teller.say(record.closing(), stopped=True, **record.facts())
        raise
    except CannotRunError as error:
        raise record.closed(error, f"{target.command('status')} shows what runs.") from None


def what_became_of_the_image(ended: Execution) -> str:
    """Say it as the end of a sentence, from the latest try of each action that deploys; empty where none does."""
    deploying = [action for stage in ended.stages for action in stage.actions if action.category == DEPLOY]
    tries = [attempt.status for attempt in map(ended.latest, deploying) if attempt is not None]
    if not deploying:
        return ""
    if not tries:
        return ", nothing of it was deployed"
    if FAILED in tries:
        return ", its deployment failed"
    if tries != [SUCCEEDED] * len(deploying):
        return ", its image is not wholly deployed"
    # What fails after a deployment may have it taken back, by an execution of its own.
    return ", its image is deployed" if ended.status == SUCCEEDED else ", after its image was deployed"
