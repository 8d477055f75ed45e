from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

PAUSE, FUNCTION = "PAUSE", "AWS_LAMBDA"
NOT_PAUSED = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
WITHOUT_HOOKS = ("SCALE_UP", "BAKE_TIME", "CLEAN_UP")


class Hooks(ResourceRule):
    id = "E9528"
    shortdesc = "A deployment's hook has what its type needs, at a stage that has hooks"
    description = (
        "ECS refuses a hook on Lambda without its function and role, a hook at a stage that has none, and a pause "
        "while traffic is shifted."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        for hook in service["DeploymentConfiguration"]["LifecycleHooks"].items:
            if not hook.function:
                yield from _of_hook(hook)


def _of_hook(hook: Node) -> Iterator[Fault]:
    kind = FUNCTION if hook["TargetType"].absent else hook["TargetType"].text
    missing = [name for name in ("HookTargetArn", "RoleArn") if hook[name].absent]
    if kind == FUNCTION and missing:
        yield fault(hook, f"The hook on Lambda has no {' and no '.join(missing)}. Add {' and '.join(missing)}.")
    for stage in hook["LifecycleStages"].items:
        if stage.text in WITHOUT_HOOKS:
            yield fault(stage, f"{stage.text} has no hooks. Name the stage before or after it.")
        elif kind == PAUSE and stage.text in NOT_PAUSED:
            yield fault(stage, f"A deployment can't be paused at {stage.text}. Pause at PRE_PRODUCTION_TRAFFIC_SHIFT.")
