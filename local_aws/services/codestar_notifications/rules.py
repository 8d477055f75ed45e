"""The notification rules that exist."""

import time
import uuid

from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.state.database import Database

EVENT_TYPES = (
    *(
        f"codepipeline-pipeline-{what}-execution-{state}"
        for what, states in {
            "action": ("succeeded", "failed", "canceled", "started"),
            "stage": ("started", "succeeded", "resumed", "canceled", "failed"),
            "pipeline": ("failed", "canceled", "started", "resumed", "succeeded", "superseded"),
        }.items()
        for state in states
    ),
    "codepipeline-pipeline-manual-approval-failed",
    "codepipeline-pipeline-manual-approval-needed",
    "codepipeline-pipeline-manual-approval-succeeded",
    "codebuild-project-build-state-failed",
    "codebuild-project-build-state-succeeded",
    "codebuild-project-build-state-in-progress",
    "codebuild-project-build-state-stopped",
    "codebuild-project-build-phase-failure",
    "codebuild-project-build-phase-success",
)
"""https://docs.aws.amazon.com/dtconsole/latest/userguide/concepts.html"""

_REQUIRED = ("Name", "EventTypeIds", "Resource", "Targets", "DetailType")


class Rules:
    """All notification rules of the account and region, kept in the ``database`` by ARN."""

    def __init__(self, database: Database, account_id: str, region: str) -> None:
        self.records = Records(database, "codestar-notifications/rules")
        self._prefix = f"arn:aws:codestar-notifications:{region}:{account_id}:notificationrule/"

    def all(self) -> list[Json]:
        """Return all rules, oldest first."""
        return list(self.records.all().values())

    def create(self, members: Json) -> Json:
        """Make a rule of the members of CreateNotificationRule, or refuse as AWS does."""
        _check(members)
        if any(rule["Name"] == members["Name"] for rule in self.all()):
            message = f"A notification rule with the name '{members['Name']}' already exists in this account."
            raise ServiceError("ResourceAlreadyExistsException", message)
        arn, now = self._prefix + uuid.uuid4().hex, time.time()
        rule = {"Status": "ENABLED", "Tags": {}, **members, "Arn": arn, "Created": now, "LastModified": now}
        self.records.put(arn, rule)
        return rule

    def update(self, arn: str, members: Json) -> Json:
        """Change the members that are given of the rule with that ARN."""
        before = self.records.get(arn)
        if before is None:
            raise ServiceError("ResourceNotFoundException", f"The notification rule {arn} was not found.")
        rule = {**before, **members, "LastModified": time.time()}
        _check(rule)
        self.records.put(arn, rule)
        return rule


def _check(members: Json) -> None:
    missing = [name for name in _REQUIRED if not members.get(name)]
    if missing:
        raise ServiceError("ValidationException", f"{missing[0]} must not be null or empty.")
    if members["DetailType"] not in {"BASIC", "FULL"}:
        raise ServiceError("ValidationException", "DetailType must be one of BASIC, FULL.")
    unknown = [event for event in members["EventTypeIds"] if event not in EVENT_TYPES]
    if unknown:
        raise ServiceError("ValidationException", f"Event type ids are not valid: {', '.join(unknown)}")
