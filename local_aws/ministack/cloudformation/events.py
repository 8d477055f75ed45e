"""EventBridge within MiniStack: events of AWS services reach the rules, which PutEvents refuses for such sources."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from ministack.services import eventbridge

from local_aws.ministack.adapter import acting_in


class Publisher(Protocol):
    """Hands an event to EventBridge's default bus."""

    def __call__(self, *, source: str, detail_type: str, detail: Mapping[str, Any], resources: list[str]) -> None:
        """Publish; ``source`` such as ``aws.codepipeline``."""


def publisher(account_id: str, region: str) -> Publisher:
    """Make the function that publishes events of an account and region."""

    def publish(*, source: str, detail_type: str, detail: Mapping[str, Any], resources: list[str]) -> None:

        event = {
            "EventId": str(uuid.uuid4()),
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
            "EventBusName": "default",
            "Time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Resources": resources,
            "Account": account_id,
            "Region": region,
        }
        with acting_in(account_id, region):
            eventbridge._dispatch_event(event)

    return publish
