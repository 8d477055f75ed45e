"""What the function of a lifecycle hook is given.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import new_uuid

from local_aws.ministack.ecs.rollouts.progress import deployment_arn, revision_arn, serving_besides
from local_aws.services.ecs.rollouts.steps import ALL, gets_test_traffic

Record = dict[str, Any]


def event_of(
    service: Mapping[str, Any], deployment: Mapping[str, Any], stage: str, share: float, details: Mapping[str, Any]
) -> Record:
    """Make the event of a hook at ``stage``; ``share`` is the new revision's of the production traffic, in percent."""
    serving = serving_besides(service, deployment)

    def weights(own: float) -> Record:
        before = {revision_arn(service, serving["id"]): ALL - own} if serving else {}
        return {**before, revision_arn(service, deployment["id"]): own}

    return {
        "executionId": new_uuid(),
        "lifecycleStage": stage,
        "resourceArn": deployment_arn(service, deployment["id"]),
        "executionDetails": {
            "serviceArn": service["serviceArn"],
            "targetServiceRevisionArn": revision_arn(service, deployment["id"]),
            "testTrafficWeights": weights(ALL if gets_test_traffic(stage) else 0.0),
            "productionTrafficWeights": weights(share),
        },
        "hookDetails": dict(details),
    }
