"""The deployer's credentials file: enough for the AWS CLI, and for a deployment to see that it goes elsewhere."""

import configparser
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.delivery.project import Project, topic
from tests.local_aws_fixture import LocalAws, local_aws_in

PROFILE_ALONE = ("sts", "get-caller-identity"), ("cloudformation", "list-stacks")


def _cli(aws: LocalAws, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the AWS CLI with what README exports, and with no region anywhere else."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "aws"), *words],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(aws.state_folder),
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_SHARED_CREDENTIALS_FILE": str(aws.credentials_file),
            "AWS_PROFILE": "deployer",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_aws_cli_needs_no_region_of_its_own(local_aws: LocalAws) -> None:
    for words in PROFILE_ALONE:
        done = _cli(local_aws, *words)
        assert done.returncode == 0, done.stderr
    assert json.loads(_cli(local_aws, "sts", "get-caller-identity").stdout)["Arn"].endswith(":user/deployer")


def test_a_deployment_to_another_region_is_refused(local_aws: LocalAws, tmp_path: Path) -> None:
    project = Project(tmp_path, local_aws)
    project.settings.update(region="eu-west-1", credentials_file=str(local_aws.credentials_file))
    project.stack("one", {"Topic": topic()})

    result = project.deploy("--yes")

    assert result.code == 2
    assert "it says region eu-west-1, but the AWS configuration in use says ca-central-1" in result.err


def test_a_file_from_before_gets_its_region_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    key = "[deployer]\naws_access_key_id = AKIAKEPTKEPTKEPTKEPT\naws_secret_access_key = kept-secret\noutput = table\n"
    (folder / "credentials").write_text(key)
    with local_aws_in(folder, "--region", "eu-west-1") as started:
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(started.credentials_file)
        assert dict(parser["deployer"]) == {
            "aws_access_key_id": "AKIAKEPTKEPTKEPTKEPT",
            "aws_secret_access_key": "kept-secret",
            "output": "table",
            "region": "eu-west-1",
        }
