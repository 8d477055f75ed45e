"""What templates name and their user makes: functions and builds that a release asks. In a proof they all agree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proofs.policies.build import Build, Template

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
