"""All checks of an environment, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws.session import Aws
from delivery.cli.environments import DEFAULT
from delivery.doctor import account, machine, services
from delivery.doctor.check import Result, State, not_checked, ok, refused, results_of
from delivery.model import manifest
from delivery.releases.model.target import Target
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from delivery.model.manifest import Manifest
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
    words = () if named == DEFAULT else ("--environment", named)
    aws = Aws(environment)
    targets = [
        Target(aws, whole, pipeline, named, _words(words, whole, pipeline.service)) for pipeline in whole.pipelines
    ]
    deploy = f"`make deploy{'' if named == DEFAULT else f' ENV={named}'}`"

    def stacks_and_connections() -> list[Result]:
        standing = account.standing_stacks(aws, whole)
        return [*account.stack_results(whole, standing, deploy), *account.connection_results(aws, whole, standing)]

    yield from results_of([account.STACKS, account.CONNECTION], stacks_and_connections)
    yield from results_of([account.SECRETS], lambda: account.secret_results(aws, whole))
    for target in targets:
        yield from results_of(services.names(target), lambda one=target: services.results(one))  # type: ignore[misc]


def _words(words: tuple[str, ...], whole: Manifest, service: str) -> tuple[str, ...]:
    return (*words, "--service", service) if len(whole.pipelines) > 1 else words
