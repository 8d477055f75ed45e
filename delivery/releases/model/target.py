"""Which pipeline a command is about, and the AWS that it is in."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.aws.polling import WAIT_MINUTES
from delivery.cli import spelling
from delivery.cli.options import (
    DEFAULT,
    FOLDER,
    add_build_option,
    add_environment_option,
    add_wait_option,
    find_environment,
)
from reporting.command import argument_parser
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from delivery.aws.session import Aws
    from delivery.model.manifest import Manifest, Pipeline
    from settings.environment import Environment


@dataclass(frozen=True)
class Target:
    """A pipeline of an environment. ``words`` are the options that name both in a command line."""

    aws: Aws
    manifest: Manifest
    pipeline: Pipeline
    environment_name: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.pipeline.pipeline

    @property
    def environment(self) -> Environment:
        """Where it is."""
        return self.aws.environment

    def command(self, name: str, *more: str) -> str:
        """Return the command line of another command about the same pipeline."""
        return f"`{spelling.command(name, *self.words, *more)}`"

    def secret_command(self, name: str) -> str:
        """Return the command line that puts a secret."""
        given = [] if self.environment_name == DEFAULT else ["--environment", self.environment_name]
        return f"`{spelling.command('secret', 'put', *given, name)}`"

    def deploy_command(self) -> str:
        """Return the command line that deploys this environment."""
        given = self.environment_name
        if given == DEFAULT:
            return "`make deploy`"
        if (FOLDER / f"{given}.toml").is_file():
            return f"`make deploy ENV={given}`"
        return f"`{spelling.command('deploy', '--environment', given)}`"


def command_parser(command: str, description: str) -> argparse.ArgumentParser:
    """Make the parser of a command about a pipeline: it takes what ``find`` reads, and ``--json``."""
    parser = argument_parser(f"bin/{command}", description)
    add_environment_option(parser)
    parser.add_argument("--service", metavar="NAME", help="the service, where build/ has pipelines of several")
    add_build_option(parser)
    parser.add_argument("--json", action="store_true", help="write one JSON object a line instead of text")
    return parser


def add_execution_option(parser: argparse.ArgumentParser, default: str) -> None:
    """Let ``parser`` take ``--execution``; ``default`` says which one is meant without it."""
    parser.add_argument("--execution", metavar="ID", help=f"the execution (default: {default})")


def add_wait_options(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take ``--no-wait`` and ``--wait-minutes``."""
    parser.add_argument("--no-wait", action="store_true", help="start it and end: do not follow it")
    add_wait_option(parser)


def find(options: argparse.Namespace) -> Target:
    """Return the pipeline that ``options`` name, in an AWS that answers; raises ``CannotRunError``."""
    environment = find_environment(options.environment)

    from delivery.aws import account, network  # noqa: PLC0415 - a wrong option is told without them
    from delivery.aws.session import Aws  # noqa: PLC0415 - imports boto3, which --help can do without
    from delivery.model import manifest  # noqa: PLC0415 - a wrong option is told without them

    whole = manifest.load(options.build)
    pipeline = _pipeline(whole, options.service)
    if environment.start_command and not network.listens(environment.endpoint_url):
        account.run_start_command(environment)
    aws = Aws(environment, getattr(options, "wait_minutes", WAIT_MINUTES))
    account.check(aws)
    words = [] if options.environment == DEFAULT else ["--environment", options.environment]
    words += ["--service", options.service] if options.service else []
    return Target(aws, whole, pipeline, options.environment, tuple(words))


def _pipeline(whole: Manifest, service: str | None) -> Pipeline:
    known = ", ".join(pipeline.service for pipeline in whole.pipelines)
    if not known:
        raise CannotRunError(f"{whole.build / 'manifest.json'}: it names no pipeline, so there is nothing to release.")
    if service is None and len(whole.pipelines) == 1:
        return whole.pipelines[0]
    if service is None:
        raise CannotRunError(f"--service: there are several pipelines; say whose is meant: {known}.")
    found = next((pipeline for pipeline in whole.pipelines if pipeline.service == service), None)
    if found is None:
        raise CannotRunError(f"--service: found {service!r}; allowed: {known}.")
    return found
