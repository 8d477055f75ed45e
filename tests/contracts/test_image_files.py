"""What images are made of and how they are deployed: files of a repository that fit, and those that do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.check import check
from system_model.repository import Repository

TASK = {"family": "web", "containerDefinitions": [{"name": "web", "image": "<IMAGE1_NAME>"}]}
APPLICATION = {
    "version": 0.0,
    "Resources": [
        {"TargetService": {"Properties": {"LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80}}}}
    ],
}
FILES = {
    "Dockerfile": "FROM example/python:3.13\nCOPY app/ pyproject*.toml ./\nCOPY --from=x /a /b\n",
    "app/main.py": "",
    "pyproject.toml": "",
    "compose.yaml": "services:\n  web: {build: .}\n  store: {image: postgres}\n",
    "taskdef.json": json.dumps(TASK),
    "appspec.json": json.dumps(APPLICATION),
}
ROLE = {
    "AssumeRolePolicyDocument": {
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]
    },
    "Policies": [
        {
            "PolicyName": "images",
            "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "ecr:PutImage", "Resource": "*"}]},
        }
    ],
}


def found(folder: Path, commands: list[str], **changes: Any) -> list[str]:
    """Return the ids from W9622 on that a build with ``commands`` gets; ``changes`` are files, None for one less."""
    files = {**FILES, **{name.replace("__", "/").replace("_", "."): text for name, text in changes.items()}}
    files["buildspec.yml"] = json.dumps({"version": 0.2, "phases": {"build": {"commands": commands}}})
    for name, text in files.items():
        if text is not None:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
    source = {
        "Name": "source",
        "ActionTypeId": {"Category": "Source", "Provider": "CodeStarSourceConnection"},
        "OutputArtifacts": [{"Name": "Sources"}],
    }
    shift = {
        "Name": "shift",
        "ActionTypeId": {"Category": "Deploy", "Provider": "CodeDeployToECS"},
        "Configuration": {
            "TaskDefinitionTemplateArtifact": "Sources",
            "AppSpecTemplateArtifact": "Sources",
            "AppSpecTemplatePath": "appspec.json",
            "Image1ArtifactName": "Image",
            "Image1ContainerName": "IMAGE1_NAME",
        },
    }
    resources = {
        "Bake": {"Type": "AWS::CodeBuild::Project", "Properties": {"Source": {}, "ServiceRole": {"Ref": "Role"}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": ROLE},
        "Scans": {"Type": "AWS::ECR::RegistryScanningConfiguration", "Properties": {"ScanType": "ENHANCED"}},
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {"Stages": [{"Name": "Source", "Actions": [source]}, {"Name": "Go", "Actions": [shift]}]},
        },
    }
    told = check({"ci.json": json.dumps({"Resources": resources}).encode()}, Repository(folder))
    return [one.id for one in told if "9622" <= one.id[1:] < "9700"]


@pytest.mark.parametrize(
    ("command", "changes", "finds"),
    [
        ("docker build -t web .", {}, []),
        ("docker buildx build --platform linux/arm64 --push -t web .", {}, []),
        ("docker build -t web -f images/web.Dockerfile .", {}, ["W9623"]),
        ("docker build -t web web", {}, ["W9623"]),
        ("docker build -t web .", {"Dockerfile": None}, ["W9623"]),
        ("docker build -t web .", {"Dockerfile": "FROM scratch\nCOPY dist /dist\n"}, ["W9623"]),
        ("docker build -t web .", {"Dockerfile": 'FROM scratch\nCOPY ["app", "wheels/*.whl", "/"]\n'}, ["W9623"]),
        ("docker build -t web .", {"Dockerfile": "FROM scratch\nADD https://example.com/a.tar.gz $X /\n"}, []),
        ("docker build -t web $FOLDER", {"Dockerfile": None}, []),
        ("docker build -t web https://github.com/example/web.git", {"Dockerfile": None}, []),
        ("docker compose build", {}, []),
        ("docker compose up -d --build", {"compose_yaml": None}, ["W9623"]),
        ("docker-compose -f ci.yml build", {}, ["W9623"]),
        ("docker compose build", {"Dockerfile": "FROM scratch\nCOPY dist /dist\n"}, ["W9623"]),
        ("docker compose down", {"compose_yaml": None}, []),
    ],
)
def test_what_an_image_is_built_of_is_there(
    command: str, changes: dict[str, Any], finds: list[str], tmp_path: Path
) -> None:
    assert found(tmp_path, ["echo begin", command], **changes) == finds


def test_what_a_command_may_have_made_is_not_missed(tmp_path: Path) -> None:
    assert found(tmp_path, ["npm run build", "docker build ."], Dockerfile="FROM scratch\nCOPY dist /dist\n") == []
    assert found(tmp_path, ["echo a > dist", "docker build ."], Dockerfile="FROM scratch\nCOPY dist /dist\n") == []


@pytest.mark.parametrize(
    ("changes", "finds"),
    [
        ({"taskdef_json": json.dumps(TASK).replace("<IMAGE1_NAME>", "example/web:1")}, ["W9624"]),
        ({"taskdef_json": json.dumps(TASK).replace("<IMAGE1_NAME>", "<IMAGE_NAME>")}, ["W9624"]),
        ({"taskdef_json": json.dumps(TASK).replace('"web"', '"shop"')}, ["E9627"]),
        ({"appspec_json": json.dumps(APPLICATION).replace('"web"', '"proxy"')}, ["E9627"]),
        ({"appspec_json": json.dumps(APPLICATION).replace('"web"', '"Web"')}, ["E9627"]),
        ({"appspec_json": json.dumps(APPLICATION).replace('"web"', '"<NAME>"')}, []),
        ({"taskdef_json": None}, []),
        ({"taskdef_json": "{"}, ["W9624"]),
    ],
)
def test_the_files_of_a_shift_fit_their_action(changes: dict[str, Any], finds: list[str], tmp_path: Path) -> None:
    assert found(tmp_path, ["echo"], **changes) == finds


@pytest.mark.parametrize(
    ("commands", "finds"),
    [
        (["trivy fs ."], ["W9625"]),
        (["gitleaks dir ."], ["W9625"]),
        (["pip-audit --strict"], ["W9625"]),
        (["trivy fs .", "docker build .", "docker push example/web:1"], []),
        (["pytest"], []),
        (["aws ecr wait image-scan-complete --repository-name web --image-id imageTag=1"], ["W9626"]),
        (["ID=1", "aws ecr wait image-scan-complete --repository-name web --image-id imageTag=$ID"], ["W9626"]),
        (["if true; then aws ecr wait image-scan-complete --repository-name web --image-id imageTag=1; fi"], ["W9626"]),
        (["aws ecr wait lifecycle-policy-preview-complete --repository-name web"], []),
    ],
)
def test_scanners_may_not_push_and_scans_are_waited_for(commands: list[str], finds: list[str], tmp_path: Path) -> None:
    assert found(tmp_path, commands) == finds
