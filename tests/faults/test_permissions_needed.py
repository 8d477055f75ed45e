"""Whoever has the printed policies, and no others, deploys; without one of them, nobody does."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from settings.root import PROJECT_ROOT
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws
from tests.scenarios.place import PARAMETERS

ROLE = "arn:aws:iam::000000000000:role/cruddur-cloudformation"


def run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_person_deploys_with_the_printed_policies_alone(local_aws: LocalAws, tmp_path: Path) -> None:
    done = run("proofs.deployer", "--role", "--folder", str(tmp_path / "policies"))
    assert done.returncode == 0, done.stderr
    iam: Any = administrator(local_aws, "iam")
    iam.create_user(UserName="person")
    arns = [attach(iam, path) for path in sorted((tmp_path / "policies").glob("cruddur-deployer-*.json"))]
    key = iam.create_access_key(UserName="person")["AccessKey"]
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[person]\naws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {key['SecretAccessKey']}\n"
    )
    own: dict[str, object] = {"credentials_file": str(credentials), "profile": "person"}
    here = local_aws.environment_file(tmp_path / "here.toml", PARAMETERS, cloudformation_role=ROLE, **own)
    deploy = ("delivery", "deploy", "--environment", str(here))

    deployed = run(*deploy)

    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    other = local_aws.environment_file(
        tmp_path / "other.toml",
        {**PARAMETERS, "BackendFlaskFrontendUrl": "https://b"},
        cloudformation_role=f"{ROLE}-2",
        **own,
    )
    refused = run("delivery", "deploy", "--environment", str(other))
    assert refused.returncode != 0
    assert "iam:PassRole" in refused.stderr
    for arn in arns:
        iam.detach_user_policy(UserName="person", PolicyArn=arn)
    assert run(*deploy).returncode != 0


def attach(iam: Any, path: Path) -> str:
    document = path.read_text("utf-8")
    assert json.loads(document)["Statement"]
    arn: str = iam.create_policy(PolicyName=path.stem, PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="person", PolicyArn=arn)
    return arn
