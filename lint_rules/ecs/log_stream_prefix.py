from collections.abc import Iterator, Mapping

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class LogStreamPrefix(ResourceRule):
    """Logs on Fargate without the name that their streams begin with."""

    id = "E9512"
    shortdesc = "Logs of tasks on Fargate need a stream prefix"
    description = (
        "On Fargate the driver awslogs needs awslogs-stream-prefix: RegisterTaskDefinition refuses a task "
        "definition without it."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        for container in containers(task) if is_for_fargate(task) else ():
            logs = container["LogConfiguration"]
            options = logs["Options"]
            known = isinstance(options.value, Mapping) and not options.function
            if logs["LogDriver"].text == "awslogs" and known and options["awslogs-stream-prefix"].absent:
                yield fault(options, "On Fargate awslogs needs the option awslogs-stream-prefix. Add it.")
