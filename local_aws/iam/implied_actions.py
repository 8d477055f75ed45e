"""The rights that AWS checks on steps of its services which no request of the role shows.

``aws_facts/implied_actions.json`` holds them, a row a step: add one there and its name here, and whoever takes that
step asks IAM for one more right; see ``implicit.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aws_facts import facts

FIND_BUCKET = "find_bucket"
READ_ARTIFACT = "read_artifact"
USE_CONNECTION = "use_connection"
READ_INPUT = "read_input"
CLONE = "clone"
BEGIN_REPORT = "begin_report"
PUT_TEST_CASES = "put_test_cases"
PUT_COVERAGES = "put_coverages"
END_REPORT = "end_report"
LOG_IN = "log_in"
PULL = "pull"
SIGN_IMAGE = "sign_image"
LOG_IN_TO_SCAN = "log_in_to_scan"
PULL_TO_SCAN = "pull_to_scan"
SCAN_PACKAGES = "scan_packages"
READ_PARAMETER = "read_parameter"
READ_SECRET = "read_secret"  # noqa: S105 - the name of a step
CREATE_LOG_GROUP = "create_log_group"
CREATE_LOG_STREAM = "create_log_stream"
PUT_LOG_LINES = "put_log_lines"
DECRYPT_OBJECT = "decrypt_object"
ENCRYPT_OBJECT = "encrypt_object"
DECRYPT_PARAMETER = "decrypt_parameter"
ENCRYPT_PARAMETER = "encrypt_parameter"
DECRYPT_SECRET = "decrypt_secret"  # noqa: S105 - the name of a step
ENCRYPT_SECRET = "encrypt_secret"  # noqa: S105 - the name of a step
ENCRYPT_MESSAGE = "encrypt_message"
TAG_TASK_DEFINITION = "tag_task_definition"
TAG_SERVICE = "tag_service"
TAG_TASK = "tag_task"
TAG_CLUSTER = "tag_cluster"
FIND_TRAFFIC = "find_traffic"
SHIFT_TRAFFIC = "shift_traffic"
REGISTER_TASKS = "register_tasks"
FIND_SERVICE = "find_service"
REPLACE_TASK_SET = "replace_task_set"
CHOOSE_TASK_SET = "choose_task_set"
FIND_LISTENERS = "find_listeners"
TURN_LISTENER = "turn_listener"
TURN_RULE = "turn_rule"
WATCH_ALARMS = "watch_alarms"
ROLE_FOR_DEPLOYMENTS = "role_for_deployments"
ROLE_FOR_TASKS = "role_for_tasks"
ROLE_FOR_PIPELINE = "role_for_pipeline"
ROLE_FOR_BUILD = "role_for_build"
ROLE_FOR_RULE = "role_for_rule"
SERVICE_ROLE_FOR_STACK = "service_role_for_stack"


@dataclass(frozen=True)
class ImplicitCall:
    """One right that a step needs; ``keys`` are condition keys that it always has, ``{region}`` for the region."""

    step: str
    action: str
    source: str
    keys: Mapping[str, str]


def calls_of(step: str) -> Iterator[ImplicitCall]:
    """Return the rights that a step needs, in the order in which they are asked for."""
    row = facts("implied_actions")["steps"][step]
    keys = {name: value.replace("{suffix}", "amazonaws.com") for name, value in row.get("keys", {}).items()}
    for action in row["implied"]:
        yield ImplicitCall(row["says"], action, row["source"], keys)
