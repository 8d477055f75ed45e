"""The command `bin/secret`: puts the secrets that the services read, and tells which are there. It shows no value."""

from __future__ import annotations

import argparse
import difflib
import sys
from getpass import getpass
from typing import TYPE_CHECKING

from delivery.cli import spelling
from delivery.cli.options import add_build_option, add_environment_option, find_environment, words_for
from reporting.command import argument_parser
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.aws.session import Aws
    from delivery.model.manifest import Manifest

DESCRIPTION = """\
Secrets are kept in Parameter Store as SecureString, under the names that the templates use; CloudFormation can't make
them. `put` reads the value from a hidden prompt, or from standard input where there is no terminal; never from an
argument. `list` shows which names are expected and whether they are there. No value is ever shown.
Exit codes: 0 done, for `list` also that all are there; 1 some are missing; 2 refused or not able to begin."""


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/secret` with the words of its command line."""
    options = _parser().parse_args(words)
    environment = find_environment(options.environment)

    from delivery.aws import account  # noqa: PLC0415 - starts programs, which --help can do without
    from delivery.aws.session import Aws  # noqa: PLC0415 - imports boto3, as above
    from delivery.model import manifest  # noqa: PLC0415 - starts programs, which --help can do without

    whole = manifest.load(options.build)
    if options.action == "put":
        _check_name(whole, options.name)
    account.run_start_command(environment)
    aws = Aws(environment)
    account.check(aws)
    return _list(aws, whole) if options.action == "list" else _put(aws, options.name)


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/secret", DESCRIPTION)
    actions = parser.add_subparsers(dest="action", required=True, metavar="put|list")
    put = actions.add_parser("put", help="put one secret; the value comes from a hidden prompt or standard input")
    put.add_argument("name", metavar="NAME", help="its full name, as `bin/secret list` shows it")
    listing = actions.add_parser("list", help="show which secrets are expected, and whether they are there")
    for action in (put, listing):
        add_environment_option(action)
        add_build_option(action)
    return parser


def _check_name(whole: Manifest, name: str) -> None:
    known = [secret.name for secret in whole.secrets]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
        guess = f" (did you mean {near[0]}?)" if near else ""
        raise CannotRunError(f"bin/secret put: found {name!r}{guess}; allowed: {', '.join(known) or 'no name at all'}.")


def _put(aws: Aws, name: str) -> ExitCode:
    from delivery.aws.errors import RefusedByAwsError, UnusableAnswerError  # noqa: PLC0415 - as above
    from delivery.secret import parameter_store  # noqa: PLC0415 - needed here alone

    value = _read_value(name)
    if not value or len(value.encode()) > parameter_store.LONGEST_VALUE:
        sentence = f"{name}: found {len(value.encode())} bytes; allowed are 1 to {parameter_store.LONGEST_VALUE}."
        raise CannotRunError(sentence, "Nothing was put.")
    try:
        version = parameter_store.put(aws, name, value)
    except RefusedByAwsError as refusal:
        sentence = f"{name}: AWS refused it ({refusal.code}); its message is not shown, as it may repeat the value."
        raise CannotRunError(sentence, "Nothing was put.") from None
    except UnusableAnswerError as error:
        listing = f"`{spelling.command('secret', 'list', *words_for(aws.environment))}`"
        raise CannotRunError(*error.sentences, f"It is not known whether the value was put: see {listing}.") from None
    print(f"{name}: put as SecureString, version {version}. Running tasks read it when they start the next time.")
    return ExitCode.CLEAN


def _read_value(name: str) -> str:
    """Read the secret without showing it; one line end at its end is not part of it."""
    if sys.stdin.isatty():
        try:
            return getpass(f"Value of {name} (it is not shown): ")
        except EOFError:
            return ""
    try:
        return sys.stdin.read().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CannotRunError(f"{name}: the value is not UTF-8 text.", "Nothing was put.") from None


def _list(aws: Aws, whole: Manifest) -> ExitCode:
    from delivery.secret import parameter_store  # noqa: PLC0415 - needed here alone

    there = parameter_store.present(aws, [secret.name for secret in whole.secrets])
    if not whole.secrets:
        print("The templates use no secret.")
    missing = 0
    for secret in whole.secrets:
        found = there.get(secret.name)
        if found is None:
            missing += 1
            state = f"missing; `{spelling.command('secret', 'put', *words_for(aws.environment), secret.name)}`"
        elif found.type != "SecureString":
            missing += 1
            state = f"there, but as {found.type}, which is not encrypted: delete it and put it again"
        else:
            state = f"there, changed {found.changed:%Y-%m-%d %H:%M %Z}" if found.changed else "there"
        print(f"{secret.name}  ({secret.service})  {state}")
    return ExitCode.FINDINGS if missing else ExitCode.CLEAN
