"""The command `make permissions-needed`: prints the IAM policies of whoever deploys."""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from delivery.cli.options import add_environment_option, find_environment
from proofs.deployer import behind_stacks, observed
from proofs.deployer.documents import ROLES_FOR, Document, policies, statements, together
from proofs.deployer.place import Place
from proofs.policies.build import read_templates
from reporting.command import argument_parser
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from reporting.terminal import Progress
from settings.environment import Environment
from settings.root import BUILD

DESCRIPTION = """\
Prints the IAM policies that whoever deploys needs in the account of an environment, each to be pasted as a managed
policy. What the commands call was seen in a local AWS of this command's own; what CloudFormation does for them is what
its registry says of every type in build/. With --role, CloudFormation does that under a role, which is passed to it.
Nothing is asked of AWS. Exit codes: 0 printed; 2 could not run."""


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/permissions-needed` with the words of its command line."""
    chosen = _parser().parse_args(words)
    environment = find_environment(chosen.environment)
    templates = read_templates(chosen.build)
    manifest = json.loads((chosen.build / "manifest.json").read_bytes())
    place = Place(environment.account_id, environment.region, environment.parameters.get("HostedZoneId") or "*")
    progress = Progress()
    try:
        direct = [observed.observed(chosen.build, place, progress.show), observed.needed(manifest, place)]
    finally:
        progress.clear()
    behind = behind_stacks.needed(templates, place)
    name = manifest["application"]
    if chosen.role:
        documents = dict(_with_role(direct, behind, environment, place, name))
    else:
        documents = _numbered(f"{name}-deployer", policies(statements(together([*direct, behind]), ROLES_FOR)))
    _show(documents, chosen.folder)
    return ExitCode.CLEAN


def _with_role(
    direct: Sequence[behind_stacks.Needed],
    behind: behind_stacks.Needed,
    environment: Environment,
    place: Place,
    name: str,
) -> Iterator[tuple[str, Document]]:
    role = environment.cloudformation_role or f"arn:{place.partition}:iam::{place.account}:role/{name}-cloudformation"
    person = together([*direct, {"iam:PassRole": {role}}])
    yield from _numbered(f"{name}-deployer", policies(statements(person, ["cloudformation"]))).items()
    yield from _numbered(f"{name}-cloudformation", policies(statements(behind, ROLES_FOR))).items()
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
    same_account = {"Condition": {"StringEquals": {"aws:SourceAccount": place.account}}}
    yield f"{name}-cloudformation-trust", {"Version": "2012-10-17", "Statement": [{**trust, **same_account}]}


def _numbered(name: str, made: Sequence[Document]) -> dict[str, Document]:
    return {f"{name}-{number}": document for number, document in enumerate(made, 1)}


def _show(documents: dict[str, Document], folder: Path | None) -> None:
    """Print the documents one after the other, each with its name, or write them into ``folder``."""
    for name, document in documents.items():
        text = json.dumps(document, indent=2)
        if folder is None:
            print(f"# {name}\n{text}")
            continue
        path = folder / f"{name}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n", "utf-8")
        except OSError as error:
            raise CannotRunError(f"{path}: it can't be written: {error.strerror}; name another --folder.") from None
        print(path)


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/permissions-needed", DESCRIPTION)
    add_environment_option(parser)
    parser.add_argument("--role", action="store_true", help="policies for a person and for CloudFormation's own role")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="write a file for each into DIR, in place of printing"
    )
    parser.add_argument(
        "--build", type=Path, default=BUILD, metavar="DIR", help="the folder with the templates (build/)"
    )
    return parser
