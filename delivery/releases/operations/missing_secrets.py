"""Says before a release which secrets its service will miss."""

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model.target import Target
from delivery.releases.output.reporter import ReleaseReporter
from delivery.secret import parameter_store


def tell_missing(target: Target, teller: ReleaseReporter) -> None:
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
