"""Refuses a deployment whose tasks could not start, as a secret that they newly read has no value yet."""

from collections.abc import Iterator, Sequence

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.deploy import post_deploy
from delivery.model.manifest import Manifest, Stack
from delivery.secret import parameter_store
from delivery.stacks import running_image
from delivery.stacks.record import Work
from reporting.errors import CannotRunError


def check(work: Work, manifest: Manifest, chosen: Sequence[Stack]) -> None:
    """Raise ``CannotRunError`` where one of ``chosen`` would start tasks in place of running ones without such a value.

    The environment's commands that follow a deployment may put it, so they have a try first. Credentials that may not
    look refuse nothing: ECS says it, once the tasks do not start.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
    """
    aws = work.aws
    try:
        missing = list(_missing(aws, manifest, chosen))
        if missing and aws.environment.after_deploy_commands:
            post_deploy.run(work)
            missing = list(_missing(aws, manifest, chosen))
    except RefusedByAwsError:
        return
    if missing:
        puts = [f"`{spelling.command('secret', 'put', *words_for(aws.environment), name)}`" for name in missing]
        values = f"{' and '.join(missing)} {'has' if len(missing) == 1 else 'have'} no value yet"
        raise CannotRunError(
            f"{values}, and the tasks that this deployment starts in place of the running ones "
            f"could not start without. Put it with {' and '.join(puts)}, then deploy again."
        )


def _missing(aws: Aws, manifest: Manifest, chosen: Sequence[Stack]) -> Iterator[str]:
    there = parameter_store.present(aws, [secret.name for secret in manifest.secrets])
    missing = [secret for secret in manifest.secrets if secret.name not in there]
    if not missing:
        return
    images = {one.running_image for stack in chosen for one in stack.parameters if one.running_image is not None}
    for wanted in sorted(images, key=lambda one: one.service):
        services = [one.service for one in manifest.pipelines if one.ecs_service == wanted.service]
        new = [secret.name for secret in missing if secret.service in services]
        if new and running_image.find(aws, wanted):
            read = running_image.secrets(aws, wanted)
            yield from (name for name in new if not any(one.endswith(name) for one in read))
