"""Says before a release on this machine what of it can't run, where no Docker engine answers."""

from delivery.doctor import machine
from delivery.doctor.check import State
from delivery.releases.model.target import Target
from delivery.releases.output.reporter import ReleaseReporter


def tell_missing(target: Target, teller: ReleaseReporter) -> None:
    """Report in one line that no Docker engine answers, and what follows; nothing where builds run elsewhere."""
    if not machine.is_here(target.environment):
        return
    for result in machine.docker():
        if result.state is State.NOT_OK:
            teller.fact("missing-engine", {"says": result.says}, f"Docker engine: {result.says} {result.remedy}")
