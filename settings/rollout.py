"""How a new revision of a service takes over: which share of the requests it gets, when, and what ends it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from settings import formats
from settings.toml_table import Shape, Table
from settings.validation_errors import ValidationErrors

STRATEGIES = ("rolling", "blue-green", "canary", "linear", "codedeploy")
_WITHOUT_HOOKS = ("rolling", "codedeploy")
SHIFTS = ("all-at-once", "canary", "linear")
"""How CodeDeploy moves the requests."""
ROLLING_MINUTES, SHIFTING_MINUTES = 2, 5
"""How long a new revision is watched unless the settings say otherwise."""
PAUSES = ("none", "post-scale-up", "pre-production-traffic-shift", "post-production-traffic-shift")
"""Where a roll-out may wait for a person: the lifecycle stages of ECS that have such a pause without a test listener.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
"""
HOOK_STAGES = (
    "reconcile-service",
    "pre-scale-up",
    "post-scale-up",
    "pre-production-traffic-shift",
    "production-traffic-shift",
    "post-production-traffic-shift",
)
"""Where a roll-out may call a function: likewise.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
"""
MOST_HOOKS = 10
_STAGE = Shape(re.compile("|".join(HOOK_STAGES)), f"one of {', '.join(HOOK_STAGES)}")
_OF_EACH_STEP = ("pre-production-traffic-shift", "production-traffic-shift")
MINUTES_TO_START = 10
"""What is reckoned for the start of new tasks, beside the bakes."""
_LONGEST = 1440


@dataclass(frozen=True)
class Hook:
    """A Lambda function that decides whether a deployment goes on."""

    function: str
    """Its name, with an alias or version behind a colon, or its ARN."""
    stages: tuple[str, ...]
    minutes: int
    """How long its answer is waited for at each of these; without one, the deployment is rolled back."""


@dataclass(frozen=True)
class Rollout:
    """A strategy of ECS; percents are of the production traffic.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-deployment-types.html
    """

    strategy: str
    bake_minutes: int
    """How long the new revision is watched once it has all requests."""
    step_percent: int = 0
    """Of canary, the first share; of linear, what each step adds."""
    step_minutes: int = 0
    pause: str = PAUSES[0]
    pause_minutes: int = 0
    """How long each pause waits for its answer; without one, the deployment is rolled back."""
    shift: str = ""
    """How CodeDeploy moves the requests; empty where ECS does."""
    hooks: tuple[Hook, ...] = ()

    @property
    def by_code_deploy(self) -> bool:
        """Whether CodeDeploy deploys, and not ECS itself."""
        return self.strategy == "codedeploy"

    @property
    def shifts_traffic(self) -> bool:
        """Whether the new tasks are in a target group of their own."""
        return self.strategy != "rolling"

    @property
    def is_watched(self) -> bool:
        """Whether alarms end a deployment."""
        return self.shifts_traffic or self.bake_minutes > 0

    @property
    def minutes(self) -> int:
        """How long a deployment takes beside the start of its tasks, with answers that all come at the last moment."""
        steps = {"canary": 1, "linear": math.ceil(100 / (self.step_percent or 100)) - 1}.get(
            self.shift or self.strategy, 0
        )
        waits = sum(self._longest_wait(stage) * (steps + 1 if stage in _OF_EACH_STEP else 1) for stage in HOOK_STAGES)
        return steps * self.step_minutes + self.bake_minutes + waits

    def _longest_wait(self, stage: str) -> int:
        """Return how long a stage may last: what it waits for is waited for side by side."""
        pause = [self.pause_minutes] if stage == self.pause else []
        return max([*pause, *(hook.minutes for hook in self.hooks if stage in hook.stages)], default=0)


def read(table: Table) -> Rollout:
    """Read ``[services.rollout]``; it has the keys of its strategy alone."""
    strategy = table.take_choice("strategy", STRATEGIES, "rolling")
    usual = ROLLING_MINUTES if strategy == "rolling" else SHIFTING_MINUTES
    bake = table.take_integer("bake_minutes", 0, _LONGEST, "minutes", default=usual)
    percent = minutes = 0
    shift = table.take_choice("shift", SHIFTS, SHIFTS[0]) if strategy == "codedeploy" else ""
    steps = shift or strategy
    if steps == "canary":
        percent = table.take_integer("canary_percent", 1, 99, "percent", default=10)
        minutes = table.take_integer("canary_minutes", 1, _LONGEST, "minutes", default=5)
    elif steps == "linear":
        percent = table.take_integer("step_percent", 3, 99, "percent", default=25)
        minutes = table.take_integer("step_minutes", 1, _LONGEST, "minutes", default=2)
    pause, pause_minutes = PAUSES[0], 0
    hooks = _read_hooks(table, strategy)
    if strategy not in _WITHOUT_HOOKS:
        pause = table.take_choice("pause", PAUSES, PAUSES[0])
    if pause != PAUSES[0]:
        pause_minutes = table.take_integer("pause_minutes", 1, _LONGEST, "minutes", default=10)
    table.close()
    return Rollout(strategy, bake, percent, minutes, pause, pause_minutes, shift, hooks)


def _read_hooks(table: Table, strategy: str) -> tuple[Hook, ...]:
    tables = table.take_tables("hooks")
    if tables and strategy in _WITHOUT_HOOKS:
        # A deployment of CodeDeploy has hooks of other names, in its AppSpec.
        allowed = f"none; ECS calls them with {', '.join(one for one in STRATEGIES if one not in _WITHOUT_HOOKS)}"
        table.refuse_value("hooks", f'{len(tables)} of them and strategy = "{strategy}"', allowed)
        return ()
    if len(tables) > MOST_HOOKS:
        table.refuse_value("hooks", f"{len(tables)} of them", f"at most {MOST_HOOKS}")
    hooks = []
    for one in tables:
        hooks.append(
            Hook(
                function=one.take_text("function", formats.FUNCTION),
                stages=one.take_texts("stages", _STAGE, at_least=1),
                minutes=one.take_integer("minutes", 1, _LONGEST, "minutes", default=5),
            )
        )
        one.close()
    return tuple(hooks)


def refuse_late(errors: ValidationErrors, rollouts: Sequence[Rollout], timeout_minutes: int) -> None:
    """Note the strategies that the Deploy action, which waits for ``timeout_minutes``, would not see the end of.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
    """
    for number, rollout in enumerate(rollouts, 1):
        whole = rollout.minutes + MINUTES_TO_START
        # The action of CodeDeploy waits for five days.
        if not rollout.by_code_deploy and rollout.minutes and whole > timeout_minutes:
            found = f"{rollout.minutes} minutes of {rollout.strategy}, {whole} with the start of the tasks"
            allowed = f"at most release.deployment_timeout_minutes, which is {timeout_minutes} (and can be 60)"
            errors.add(f"services[{number}].rollout", "strategy", found, allowed)


def refuse_unmade(errors: ValidationErrors, rollouts: Sequence[Rollout]) -> None:
    """Note what a deployment would wait for, of services that are made elsewhere: their own settings alone say that."""
    reason = "and runtime.wanted = false: the service is made elsewhere, and this would not reach it"
    for number, rollout in enumerate(rollouts, 1):
        given = {"pause": "" if rollout.pause == PAUSES[0] else rollout.pause}
        given["hooks"] = f"{len(rollout.hooks)} of them" if rollout.hooks else ""
        for key, found in given.items():
            if found:
                errors.add(f"services[{number}].rollout", key, f"{found}, {reason}", "none; set it where it is made")
