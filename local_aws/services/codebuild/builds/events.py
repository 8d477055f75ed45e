"""Tells EventBridge how a build goes.

Shape: https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
"""

from contextlib import suppress

from local_aws.services.codebuild.api.store import Build
from local_aws.services.codebuild.builds.ports import BuildPorts

STATE_CHANGE = "CodeBuild Build State Change"


def publish_state(surroundings: BuildPorts, build: Build) -> None:
    """Send the event of a build that has started or ended; a rule that fails doesn't touch the build."""
    record = build.record
    detail = {
        "build-status": record["buildStatus"],
        "project-name": record["projectName"],
        "build-id": record["arn"],
        "current-phase": record["currentPhase"],
        "version": "1",
        "additional-information": {
            "build-number": float(record["buildNumber"]),
            "build-complete": record["buildComplete"],
            "initiator": record["initiator"],
            "timeout-in-minutes": float(record["timeoutInMinutes"]),
            "source-version": record.get("sourceVersion", ""),
            "logs": {"group-name": record["logs"].get("groupName"), "stream-name": record["logs"].get("streamName")},
            "phases": [
                {
                    "phase-type": phase["phaseType"],
                    "phase-status": phase.get("phaseStatus", ""),
                    "duration-in-seconds": float(phase.get("durationInSeconds", 0)),
                }
                for phase in record["phases"]
            ],
        },
    }
    with suppress(Exception):
        surroundings.publish(STATE_CHANGE, detail)
