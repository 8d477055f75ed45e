"""All checks of an environment, in the order in which they need each other."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from delivery.aws.session import Aws
from delivery.cli.options import DEFAULT
from delivery.doctor import account, machine, name_servers, services
from delivery.doctor.check import Result, State, not_checked, ok, refused, results_of
from delivery.model import manifest
from delivery.model.manifest import Manifest, Pipeline
from delivery.model.stacks import StackState
from delivery.releases.model.target import Target
from reporting.errors import CannotRunError
from settings.environment import Environment

TEMPLATES = "templates"
OF_AWS = (account.STACKS, account.CONNECTION, account.SECRETS, services.EXECUTION, services.IMAGE, services.DOMAIN)


def results(environment: Environment, named: str, build: Path) -> Iterator[Result]:
    """Yield the result of each check; ``named`` is how the command line names the environment."""
    yield from machine.results(environment)
    whole = None
    try:
        whole = manifest.load(build)
        yield ok(TEMPLATES, f"{len(whole.stacks)} stacks, {len(whole.pipelines)} services.")
    except CannotRunError as error:
        yield refused(TEMPLATES, error)
    reached = results_of([account.ANSWERS, account.PORT, account.CREDENTIALS], lambda: list(account.reach(environment)))
    yield from reached
    if whole is None or any(one.state is not State.OK for one in reached if one.name != account.PORT):
        why = "The templates are not made." if whole is None else "AWS can't be asked."
        yield from (not_checked(name, why) for name in OF_AWS)
        return
    yield from _of_stacks(environment, named, whole)


def _of_stacks(environment: Environment, named: str, whole: Manifest) -> Iterator[Result]:
    aws, standing = Aws(environment), list[StackState]()
    targets = [_target(aws, whole, pipeline, named) for pipeline in whole.pipelines]
    deploy = targets[0].deploy_command() if targets else "`make deploy`"

    def stacks_and_connections() -> list[Result]:
        standing.extend(account.standing_stacks(aws, whole))
        return [*account.stack_results(whole, standing, deploy), *account.connection_results(aws, whole, standing)]

    yield from results_of([account.STACKS, account.CONNECTION], stacks_and_connections)
    yield from results_of([account.SECRETS], lambda: account.secret_results(aws, whole))
    yield from results_of([name_servers.NAME], lambda: name_servers.results(aws, aws.environment))
    for target in targets:
        names = services.names(target)
        if any(one.name == target.pipeline.stack for one in standing):
            yield from results_of(names, partial(services.results, target))
        else:
            yield from (not_checked(name, "Its stack is not deployed.") for name in names)


def _target(aws: Aws, whole: Manifest, pipeline: Pipeline, named: str) -> Target:
    words = () if named == DEFAULT else ("--environment", named)
    of = ("--service", pipeline.service) if len(whole.pipelines) > 1 else ()
    return Target(aws, whole, pipeline, named, (*words, *of))
