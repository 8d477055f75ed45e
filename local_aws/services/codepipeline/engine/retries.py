"""Which attempts of a stage are set aside so that their actions run again."""

from local_aws.services.codepipeline.store.records import IN_PROGRESS, SUCCEEDED, StageRecord

ALL_ACTIONS = "ALL_ACTIONS"

AUTOMATED = "AutomatedStageRetry"
MANUAL = "ManualStageRetry"


def mark_for_retry(stage: StageRecord, mode: str) -> None:
    """Set aside the attempts that did not succeed, or, for ``ALL_ACTIONS``, all that have ended."""
    for record in stage.actions:
        if record.status != IN_PROGRESS and (mode == ALL_ACTIONS or record.status != SUCCEEDED):
            record.retried = True
