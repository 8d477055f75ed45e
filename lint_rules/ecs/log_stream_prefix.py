from collections.abc import Iterator, Mapping

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class LogStreamPrefix(Rule):
    """Logs on Fargate without the name that their streams begin with."""

    id = "E9512"
    shortdesc = "Logs of tasks on Fargate need a stream prefix"
    description = (
        "On Fargate the driver awslogs needs awslogs-stream-prefix: RegisterTaskDefinition refuses a task "
        "definition without it."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html"
    types = (TASK_DEFINITION,)

    def faults(self, template: View) -> Iterator[Fault]:
        for task in template.resources(TASK_DEFINITION):
            for container in containers(task) if is_for_fargate(task) else ():
                logs = container["LogConfiguration"]
                options = logs["Options"]
                known = isinstance(options.value, Mapping) and not options.function
                if logs["LogDriver"].text == "awslogs" and known and options["awslogs-stream-prefix"].absent:
                    yield fault(options, "On Fargate awslogs needs the option awslogs-stream-prefix. Add it.")
