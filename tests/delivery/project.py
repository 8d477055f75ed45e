"""A small project of a test's own: settings, manifest and templates in a folder, deployed by the real commands."""

import io
import json
import os
import sys
import uuid
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from delivery.cli.commands import main
from reporting import command
from tests.local_aws_fixture import LocalAws

ROOT = Path(__file__).resolve().parents[2]
REGION = "ca-central-1"
ACCOUNT = "000000000000"
OWN_ACCOUNT = "314159265358"
"""One that no environment file has as a placeholder."""
Document = dict[str, Any]


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> Sequence[Document]:
        """What `--json` wrote."""
        return [json.loads(line) for line in self.out.splitlines()]

    def of_kind(self, kind: str) -> Sequence[Document]:
        return [line for line in self.lines if line["kind"] == kind]


@dataclass
class Project:
    """Stacks are named ``<prefix>-<name>``, so that tests share one AWS without meeting."""

    folder: Path
    aws: LocalAws
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:10]}")
    settings: Document = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    stack_parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    manifest: Document = field(default_factory=dict)
    stacks: list[Document] = field(default_factory=list)
    credentials: str = ""

    def __post_init__(self) -> None:
        key_id, secret = self.aws.deployer_key
        self.credentials = f"aws_access_key_id = {key_id}\naws_secret_access_key = {secret}\nregion = {REGION}\n"
        self.settings = {
            "region": REGION,
            "account_id": ACCOUNT,
            "endpoint_url": self.endpoint,
            "credentials_file": str(self.folder / "credentials"),
            "profile": "deployer",
            "working_tree_revision": "WORKING_TREE",
            "unattended": True,
            **self.settings,
        }
        (self.folder / "build").mkdir()

    def name(self, stack: str) -> str:
        return f"{self.prefix}-{stack}"

    def stack(self, name: str, resources: Document, **rest: Any) -> str:
        """Write a stack's template, and the stack into the manifest; give its full name."""
        template = {"Parameters": rest.pop("declared", {}), "Resources": resources, "Outputs": rest.pop("outputs", {})}
        entry = {
            "name": self.name(name),
            "template": f"{name}.json",
            "description": name,
            "needs": [],
            "capabilities": [],
            "tags": {"application": "cruddur"},
            "parameters": [
                {"name": parameter, "from": "environment", "required": "Default" not in said}
                for parameter, said in template["Parameters"].items()
            ],
            **rest,
        }
        (self.folder / "build" / f"{name}.json").write_text(json.dumps(template, indent=1))
        self.stacks = [stack for stack in self.stacks if stack["name"] != entry["name"]] + [entry]
        return self.name(name)

    def write(self) -> Path:
        """Write manifest, credentials and the environment file; give the latter's path."""
        manifest = {"format": 1, "application": "cruddur", "stacks": self.stacks, **self.manifest}
        (self.folder / "build" / "manifest.json").write_text(json.dumps(manifest))
        (self.folder / "credentials").write_text(f"[deployer]\n{self.credentials}")
        lines = [
            "[aws]",
            *(f"{key} = {json.dumps(value)}" for key, value in self.settings.items() if value is not None),
        ]
        lines += ["[tags]", *_values(self.tags), "[parameters]", *_values(self.parameters)]
        for stack, values in self.stack_parameters.items():
            lines += [f'[parameters."{stack}"]', *_values(values)]
        path = self.folder / "here.toml"
        path.write_text("\n".join(lines))
        return path

    def command(self, *words: str) -> list[str]:
        """Return the argument list of a command of `delivery`, such as ``deploy --yes``."""
        here = {"--environment": self.write(), "--build": self.folder / "build"}
        more = [part for option, path in here.items() if option not in words for part in (option, str(path))]
        return [sys.executable, "-P", "-m", "delivery", *words, *more]

    def run(self, *words: str, given: str = "", **environment: str) -> Result:
        """Run a command to its end, without a terminal, as its own process would."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            for name in set(os.environ).difference(self.variables(**environment)):
                patch.delenv(name)
            for name, value in self.variables(**environment).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(given))
            patch.setattr(sys, "argv", self.command(*words)[3:])
            try:
                code = command.run(main)
            except SystemExit as ended:  # argparse's way of refusing
                code = int(ended.code or 0)
        return Result(code, out.getvalue(), err.getvalue())

    def deploy(self, *words: str, **environment: str) -> Result:
        return self.run("deploy", *words, **environment)

    def variables(self, **environment: str) -> Mapping[str, str]:
        """Return the environment variables of a command: none of AWS's but those asked for."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(self.folder), **environment}

    @property
    def endpoint(self) -> str:
        return self.aws.endpoint_url

    def client(self, service: str) -> Any:
        """Return an outside client of the same AWS."""
        return self.aws.client(service)

    def status(self, stack: str) -> str:
        found = self.client("cloudformation").describe_stacks(StackName=self.name(stack))["Stacks"]
        return str(found[0]["StackStatus"])

    def waiting_change_sets(self, stack: str) -> list[Document]:
        """Return the change sets of the stack that could be executed."""
        found = self.client("cloudformation").list_change_sets(StackName=self.name(stack))["Summaries"]
        return [one for one in found if one["ExecutionStatus"] == "AVAILABLE"]


def _values(values: Mapping[str, str]) -> list[str]:
    return [f"{key} = {json.dumps(value)}" for key, value in values.items()]


def network(cidr: str = "10.9.0.0/16") -> Document:
    return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}}


def topic(name: str = "", display: object = "shown") -> Document:
    properties: Document = {"DisplayName": display}
    return {"Type": "AWS::SNS::Topic", "Properties": {**properties, **({"TopicName": name} if name else {})}}


def bucket(name: str, **attributes: str) -> Document:
    return {"Type": "AWS::S3::Bucket", **attributes, "Properties": {"BucketName": name}}


def images(name: str, **attributes: str) -> Document:
    return {"Type": "AWS::ECR::Repository", **attributes, "Properties": {"RepositoryName": name}}


def waiting(seconds: int, after: str = "") -> Document:
    """Make a resource that fails after ``seconds`` unless somebody sends the signal it waits for."""
    condition: Document = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "CreationPolicy": {"ResourceSignal": {"Timeout": f"PT{seconds}S"}},
    }
    return {"Wait": {**condition, **({"DependsOn": after} if after else {})}}
