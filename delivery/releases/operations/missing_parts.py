"""Says before a release what it will miss: a Docker engine on this machine, secrets of its service."""

from delivery.aws.errors import RefusedByAwsError
from delivery.doctor import machine
from delivery.doctor.check import State
from delivery.releases.model.target import Target
from delivery.releases.output.reporter import ReleaseReporter
from delivery.secret import parameter_store


def tell_missing_engine(target: Target, teller: ReleaseReporter) -> None:
    """Report in one line that no Docker engine answers, and what follows; nothing where builds run elsewhere."""
    if not machine.is_here(target.environment):
        return
    for result in machine.docker():
        if result.state is State.NOT_OK:
            teller.fact("missing-engine", {"says": result.says}, f"Docker engine: {result.says} {result.remedy}")


def tell_missing_secrets(target: Target, teller: ReleaseReporter) -> None:
    """Report each secret of the service that has no value; credentials that may not look tell nothing."""
    names = [secret.name for secret in target.manifest.secrets if secret.service == target.pipeline.service]
    try:
        there = parameter_store.present(target.aws, names)
    except RefusedByAwsError:
        return
    for name in names:
        if name not in there:
            put = target.secret_command(name)
            text = f"Secret {name} has no value: the tasks can't start without it. Put it with {put}."
            teller.fact("missing-secret", {"secret": name}, text)
