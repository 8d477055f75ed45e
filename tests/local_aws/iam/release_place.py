"""Where the small pipeline of `release_template.py` runs: a local AWS of its own, and the repository it releases."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.local_aws.iam.release_template import NAME, SOURCE, template
from tests.local_aws_fixture import LocalAws, local_aws_in

PATIENCE = 60
_CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


@dataclass(frozen=True)
class Pipeline:
    """The pipeline in a local AWS."""

    aws: LocalAws

    def update(self, body: Any) -> None:
        client = self.aws.client("cloudformation")
        client.update_stack(StackName=NAME, TemplateBody=json.dumps(body), Capabilities=_CAPABILITIES)
        client.get_waiter("stack_update_complete").wait(StackName=NAME, WaiterConfig={"Delay": 0.2})

    def release(self) -> tuple[str, str]:
        """Release; give the execution's id and how it ended."""
        client = self.aws.client("codepipeline")
        named = {"pipelineName": NAME}
        named["pipelineExecutionId"] = client.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
        end = time.monotonic() + PATIENCE
        while (status := client.get_pipeline_execution(**named)["pipelineExecution"]["status"]) == "InProgress":
            assert time.monotonic() < end
            time.sleep(0.1)
        return named["pipelineExecutionId"], status


@contextmanager
def pipeline_in(folder: Path) -> Iterator[Pipeline]:
    """Start a local AWS in ``folder`` and deploy the pipeline to it."""
    repository = folder / "repository"
    repository.mkdir()
    (repository / "buildspec.yml").write_text(SOURCE)
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "prod"], ["add", "-A"], ["commit", "-qm", "First"]):
        subprocess.run(["git", "-C", repository, *identity, *words], check=True)
    with local_aws_in(folder / "state") as aws:
        aws.make_stack(NAME, json.dumps(template()))
        assert aws.run("handshake", NAME, "--repository", str(repository)).returncode == 0
        yield Pipeline(aws)
