"""Says that an operation on a stack waits for a person: ECS has paused the roll-out of a service of the stack."""

from collections.abc import Sequence

from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.model import stacks
from delivery.model.events import Event
from delivery.output.reporter import Reporter
from delivery.releases.model import rollouts
from delivery.stacks.operations import is_running

_SERVICE = "AWS::ECS::Service"


class PausedRollouts:
    """Tells each pause once, with the command that answers it."""

    def __init__(self, aws: Aws, stack_id: str, teller: Reporter) -> None:
        self._aws = aws
        self._stack_id = stack_id
        self._teller = teller
        self._told: set[str] = set()

    def tell(self, seen: Sequence[Event]) -> None:
        """Tell the pauses of the services that are at work after the stack's events so far."""
        last = {event.logical_id: event.status for event in seen if event.type == _SERVICE}
        at_work = [name for name, status in last.items() if is_running(status)]
        for one in stacks.resources(self._aws, self._stack_id) if at_work else ():
            cluster, _, service = one.physical_id.partition("/")[2].rpartition("/")
            if one.logical_id in at_work and cluster:
                self._tell(cluster, service)

    def _tell(self, cluster: str, service: str) -> None:
        rollout = next(iter(rollouts.of_service(self._aws, cluster, service)), None)
        for pause in rollout.pauses if rollout else ():
            if rollout and pause.hook not in self._told:
                self._told.add(pause.hook)
                words = [*words_for(self._aws.environment), "--service", service]
                yes, no = (f"`{spelling.command('approve', *words, *more)}`" for more in ((), ("--reject",)))
                text = f"The stack waits for {service}. {rollout.waits_for_person(yes, no)}"
                self._teller.say(text, deployment=pause.deployment, hook=pause.hook)
