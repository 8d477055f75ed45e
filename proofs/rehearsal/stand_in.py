"""What stands for a service in a proof, and for what templates name and their user makes: functions and builds.

How an image is baked is the service's own; what is tested, and what runs, is cut short.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from proofs.policies.build import Build, Template
from reporting.errors import CannotRunError
from settings.root import PROJECT_ROOT
from settings.service import Service

_CODE = 'def handler(event, context):\n    return {"hookStatus": "SUCCEEDED"}\n'
_BUILDSPEC = '{"version": 0.2, "phases": {"build": {"commands": ["true"]}}}'
_READING = ["s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt", "logs:*"]
_ROLE = {"FunctionsRole": ("lambda", ["logs:*"]), "ProjectsRole": ("codebuild", _READING)}


def template(templates: Mapping[str, Template]) -> dict[str, Any]:
    """Return the template of a stack that makes them; one without resources where nothing is asked."""
    build = Build(templates)
    found = [one for stack, each in templates.items() for one in _named(build.resolved(stack, each["Resources"]))]
    functions = sorted({name for kind, name in found if kind == "function"})
    projects = sorted({name for kind, name in found if kind == "project"})
    made = [*_functions(functions), *((f"Project{number}", _project(name)) for number, name in enumerate(projects))]
    roles = {name: _role(*told) for name, told in _ROLE.items()} if made else {}
    return {"Resources": {**roles, **dict(made)}}


def _named(value: object) -> Iterator[tuple[str, str]]:
    """Find the names in hooks of deployments and in rules of conditions; a function's with its alias."""
    if isinstance(value, Mapping):
        configuration = value.get("Configuration", {})
        if "HookTargetArn" in value:
            yield "function", str(value["HookTargetArn"]).partition(":function:")[2]
        if "RuleTypeId" in value and "FunctionName" in configuration:
            yield "function", str(configuration["FunctionName"])
        if "RuleTypeId" in value and "ProjectName" in configuration:
            yield "project", str(configuration["ProjectName"])
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _named(one)


def _functions(names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    places = {
        name: f"Function{number}" for number, name in enumerate(dict.fromkeys(one.split(":")[0] for one in names))
    }
    for name, place in places.items():
        told = {"FunctionName": name, "Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": _CODE}}
        role = {"Fn::GetAtt": ["FunctionsRole", "Arn"]}
        yield place, {"Type": "AWS::Lambda::Function", "Properties": {**told, "Role": role}}
    for number, one in enumerate(names):
        name, _, alias = one.partition(":")
        if alias.strip("0123456789") and alias != "$LATEST":
            told = {"FunctionName": {"Ref": places[name]}, "FunctionVersion": "$LATEST", "Name": alias}
            yield f"Alias{number}", {"Type": "AWS::Lambda::Alias", "Properties": told}


def _project(name: str) -> dict[str, Any]:
    machine = {"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL"}
    properties = {
        "Name": name,
        "ServiceRole": {"Fn::GetAtt": ["ProjectsRole", "Arn"]},
        "Source": {"Type": "CODEPIPELINE", "BuildSpec": _BUILDSPEC},
        "Artifacts": {"Type": "CODEPIPELINE"},
        "Environment": {**machine, "Image": "aws/codebuild/amazonlinux-x86_64-standard:6.0"},
    }
    return {"Type": "AWS::CodeBuild::Project", "Properties": properties}


def _role(service: str, actions: Sequence[str]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "work", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document, "Policies": [policy]}}


MODELS = Path(__file__).resolve().parent / "models"
TESTS, CHECKS = "stand-in-tests", "stand-in-checks"
"""The scripts in place of the service's tests and of the checks of its source."""
PACKAGES = ("admission", "security_checks", "reporting", "verification")
"""What a bake, the gate before a deployment and what looks at it afterwards run, beside the service."""
PHASES = ("install", "pre_build", "build", "post_build")
"""In their order."""
_STAGE = re.compile(r"^[ \t]*FROM[ \t].*[ \t]AS[ \t]+([A-Za-z0-9_.-]+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_NOT_COPIED = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "venv", "reports")
_REPORTS = {
    "JUNITXML": '<testsuite name="stand-in"><testcase classname="stand-in" name="outcome" time="0.1">$failure'
    "</testcase></testsuite>",
    "COBERTURAXML": '<coverage line-rate="1"><packages><package name="stand-in"><classes><class name="answer" '
    'filename="answer.py" line-rate="1"><lines><line number="1" hits="1"/></lines></class></classes></package>'
    "</packages></coverage>",
}
"""https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#reports-buildspec-file"""


def write(service: Service, top: Path) -> None:
    """Write what stands for ``service`` below ``top``, the repository's folder."""
    delivery = service.delivered
    folder = top / delivery.folder
    shutil.copytree(PROJECT_ROOT / delivery.folder, folder, ignore=_NOT_COPIED)
    stages = _STAGE.findall(_text(folder / "Dockerfile"))
    before = [f"FROM ${{PYTHON_IMAGE}} AS {stage}\nCOPY unique /opt/" for stage in stages]
    for path in MODELS.iterdir():
        text = path.read_text("utf-8").replace("@STAGES@", "\n".join(before))
        (folder / path.name.removesuffix(".model")).write_text(text, "utf-8")
    (folder / "port").write_text(f"{service.port}\n", "utf-8")
    wanted = delivery.verification.requests if delivery.verification else ()
    (folder / "answers.json").write_text(json.dumps({one.path: [one.status, one.text] for one in wanted}), "utf-8")
    # A layer that no other image on this machine has: what is to be pulled is not there already.
    (folder / "unique").write_text(secrets.token_hex(), "utf-8")
    for package in PACKAGES:
        shutil.copytree(PROJECT_ROOT / package, top / package, ignore=_NOT_COPIED, dirs_exist_ok=True)
    _write_buildspecs(service, top)


def _write_buildspecs(service: Service, top: Path) -> None:
    delivery = service.delivered
    admission = [delivery.admission.build.buildspec] if delivery.admission.required else []
    verification = [delivery.verification.buildspec] if delivery.verification else []
    checks = (delivery.test.buildspec, delivery.security.build.buildspec)
    for name in (*checks, delivery.bake.buildspec, *admission, *verification):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(_text(PROJECT_ROOT / name), "utf-8")
    _cut_short(top, delivery.test.buildspec, f"{delivery.folder}/{TESTS}", f"{delivery.folder}/outcome")
    _cut_short(top, delivery.security.build.buildspec, f"{delivery.folder}/{CHECKS}", "")


def write_bake(service: Service, top: Path, *, signs: bool) -> None:
    """Write the buildspec of the bake as it is, or so that it knows of no key to sign with."""
    name = service.delivered.bake.buildspec
    text = _text(PROJECT_ROOT / name)
    if not signs:
        buildspec = _buildspec(PROJECT_ROOT / name)
        first = next(buildspec["phases"][phase] for phase in PHASES if phase in buildspec["phases"])
        first["commands"] = ["export SIGNING_KEY=", *first["commands"]]
        text = json.dumps(buildspec, indent=2)
    (top / name).write_text(text, "utf-8")


def _cut_short(top: Path, name: str, script: str, outcome: str) -> None:
    """Have a buildspec do nothing but write the files that are taken from it, and end as ``outcome`` begins."""
    buildspec = _buildspec(top / name)
    buildspec["phases"] = {"build": {"commands": [f"bash {script}"]}}
    (top / name).write_text(json.dumps(buildspec, indent=2), "utf-8")
    (top / script).write_text("\n".join(_lines(outcome, buildspec)) + "\n", "utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRunError(
            f"{path}: found no text there ({error}); allowed is a file that the build reads."
        ) from None


def _buildspec(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise CannotRunError(f"{path}: it is not valid YAML: {error}.") from None
    if not isinstance(found, dict):
        raise CannotRunError(f"{path}: found no buildspec; allowed is a mapping with version and phases.")
    return found


def _lines(outcome: str, buildspec: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines of the script."""
    yield "# Stands for what the service does here; run from the repository's top."
    yield f"read -r status _ <{outcome}" if outcome else "status=0"
    yield from ("failure=", """((status == 0)) || failure='<failure message="as the scenario wants it"/>'""")
    for group in (buildspec.get("reports") or {}).values():
        text = _REPORTS.get(str(group.get("file-format", "JUNITXML")).upper(), _REPORTS["JUNITXML"])
        yield from _written(group, text)
    yield from _written(buildspec.get("artifacts") or {}, "[]")
    yield 'exit "$status"'


def _written(group: Mapping[str, Any], text: str) -> Iterator[str]:
    for name in group.get("files", []):
        path = f"{group.get('base-directory', '.')}/{str(name).replace('**/', '').replace('*', 'results')}"
        quoted = text.replace('"', '\\"')
        yield from (f'mkdir -p "$(dirname "{path}")"', f'echo "{quoted}" >"{path}"')
