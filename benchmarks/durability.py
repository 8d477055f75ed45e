"""`make bench-durability`: what it costs that each answered change is on disk, on two local AWSes in turn.

One of them writes at its end alone. Deployments are of a stack of ten topics, made, changed and deleted.
"""

import json
import sys
from collections.abc import Callable, Sequence
from itertools import count

from benchmarks import switched
from benchmarks.switched import Subject, Work, measure
from reporting import command
from tests.local_aws.iam.release_place import Pipeline

WRITES, DEPLOYMENTS, TOPICS = 200, 5, 10


def main(words: Sequence[str]) -> None:
    """Measure, and print one table."""
    work = [Work("a write", WRITES, _writes), Work("a deployment", DEPLOYMENTS, _deployments)]
    subject = Subject("being durable", "LOCAL_AWS_DURABILITY", work)
    measure(subject, "bin/bench-durability", f"{__doc__}\n{switched.__doc__}", words)


def _writes(place: Pipeline) -> Callable[[], None]:
    client, numbers = place.aws.client("ssm"), count()

    def send() -> None:
        for _ in range(WRITES):
            client.put_parameter(Name=f"/bench/durability/{next(numbers)}", Value="v", Type="String")

    return send


def _deployments(place: Pipeline) -> Callable[[], None]:
    client, numbers = place.aws.client("cloudformation"), count()

    def deploy() -> None:
        for _ in range(DEPLOYMENTS):
            named = {"StackName": f"bench-{next(numbers)}"}
            client.create_stack(**named, TemplateBody=_template("first"))
            client.get_waiter("stack_create_complete").wait(**named, WaiterConfig={"Delay": 0.05})
            client.update_stack(**named, TemplateBody=_template("second"))
            client.get_waiter("stack_update_complete").wait(**named, WaiterConfig={"Delay": 0.05})
            client.delete_stack(**named)
            client.get_waiter("stack_delete_complete").wait(**named, WaiterConfig={"Delay": 0.05})

    return deploy


def _template(display_name: str) -> str:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display_name}}
    return json.dumps({"Resources": {f"Topic{number}": topic for number in range(TOPICS)}})


if __name__ == "__main__":
    sys.exit(command.run(main))
