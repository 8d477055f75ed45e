"""Says before a release which secrets its service will miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws.errors import RefusedByAwsError
from delivery.secrets import parameter_store

if TYPE_CHECKING:
    from delivery.releases.model.target import Target
    from delivery.releases.output.reporter import ReleaseTeller


def tell_missing(target: Target, teller: ReleaseTeller) -> None:
    """Tell of each secret of the service that has no value; credentials that may not look tell nothing."""
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
