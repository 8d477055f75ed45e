"""InspectorScan of an image: what passes its thresholds, what it hands on, and as whom it looks."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.services.codepipeline.actions.inspector_scan import InspectorScan
from local_aws.services.ecr.scanning.images import Inspected
from local_aws.services.ecr.scanning.packages import Package
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws.codepipeline.actions_context import ActionsContext
from tests.local_aws.iam.asking import ACCOUNT, REGION, calls
from tests.local_aws.iam.release_place import Pipeline, pipeline_in
from tests.local_aws.iam.release_template import NAME, template
from tests.local_aws.test_image_scans import DEBIAN, JINJA, STATUS, UNFIXED, VULNERABLE, Repository, Tree

GROUP = f"/aws/codepipeline/{NAME}"
VULNERABLE_TREE = {**DEBIAN, STATUS: f"{VULNERABLE}\n{UNFIXED}", JINJA: "Name: Jinja2\nVersion: 2.10\n"}
CLEAN_TREE = {**DEBIAN, STATUS: VULNERABLE.replace("2.10-3", "2.10-4")}
PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
LOG = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


def scanning(repository: str, tag: str, without: str = "", **thresholds: str) -> Any:
    """Return the template with a scan in the place of its build; ``without`` is an action that the role may not."""
    body = template()
    body["Resources"]["Pipeline"]["Properties"]["Stages"][1]["Actions"] = [
        {
            "Name": "Scan",
            "ActionTypeId": {"Category": "Invoke", "Owner": "AWS", "Provider": "InspectorScan", "Version": "1"},
            "Configuration": {
                "InspectorRunMode": "ECRImageScan",
                "ECRRepositoryName": repository,
                "ImageTag": tag,
                **thresholds,
            },
            "OutputArtifacts": [{"Name": "Bill"}],
        }
    ]
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
    rights: list[tuple[list[str], Any]] = [
        (["ecr:GetAuthorizationToken", "inspector-scan:ScanSbom"], "*"),
        (PULL, f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{repository}"),
        (LOG, [group, f"{group}:*"]),
    ]
    body["Resources"]["PipelineRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"] += [
        {"Effect": "Allow", "Action": [one for one in actions if one != without], "Resource": resource}
        for actions, resource in rights
    ]
    return body


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pipeline_in(tmp_path_factory.mktemp("inspector")) as made:
        yield made


def pushed(pipeline: Pipeline, *trees: Tree) -> tuple[str, str]:
    """Push an image; return its repository and tag."""
    repository = Repository(pipeline.aws)
    digest = repository.push(*trees)
    described = repository.ecr.describe_images(repositoryName=repository.name, imageIds=[{"imageDigest": digest}])
    return repository.name, described["imageDetails"][0]["imageTags"][0]


def released(pipeline: Pipeline, body: Any) -> tuple[str, dict[str, Any]]:
    """Release with ``body``; return the execution's id and what the scan tells of itself."""
    pipeline.update(body)
    execution, _ = pipeline.release()
    listed = pipeline.aws.client("codepipeline").list_action_executions(
        pipelineName=NAME, filter={"pipelineExecutionId": execution}
    )["actionExecutionDetails"]
    output: dict[str, Any] = next(one for one in listed if one["actionName"] == "Scan")["output"]
    return execution, output


def test_what_is_below_the_thresholds_is_handed_on_with_its_sbom_and_its_worst_severity(pipeline: Pipeline) -> None:
    repository, tag = pushed(pipeline, VULNERABLE_TREE)
    execution, output = released(pipeline, scanning(repository, tag, CriticalThreshold="2", HighThreshold="1"))
    assert output["outputVariables"] == {"HighestScannedSeverity": "critical"}
    assert (
        "3 packages, findings: 2 critical, 1 high, 0 medium, 0 low"
        in output["executionResult"]["externalExecutionSummary"]
    )
    place = output["outputArtifacts"][0]["s3location"]
    body = administrator(pipeline.aws, "s3").get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
    bill = json.loads(zipfile.ZipFile(io.BytesIO(body)).read("sbom.json"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert {one["purl"] for one in bill["components"]} == {
        "pkg:deb/debian/hello@2.10-3?distro=debian-12",
        "pkg:deb/debian/steam@5.02-1?distro=debian-12",
        "pkg:pypi/jinja2@2.10",
    }
    affected = {one["id"]: (one["ratings"][0]["severity"], one["affects"][0]["ref"]) for one in bill["vulnerabilities"]}
    assert affected["CVE-2019-10906"] == ("high", "pkg:pypi/jinja2@2.10")
    lines = [one["message"] for one in pipeline.aws.client("logs").filter_log_events(logGroupName=GROUP)["events"]]
    assert "Jinja2 2.10 has CVE-2019-10906, HIGH, fixed in 2.10.1\n" in lines
    assert output["executionResult"]["logStreamARN"].startswith(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:")
    asked = {call["action"]: call for call in calls(pipeline.aws, execution=execution)}
    assert {"inspector-scan:ScanSbom", "ecr:GetAuthorizationToken", *PULL} <= set(asked)
    assert asked["ecr:BatchGetImage"]["resources"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{repository}"]


def test_what_has_no_finding_passes_and_names_no_severity(pipeline: Pipeline) -> None:
    thresholds = dict.fromkeys(("CriticalThreshold", "HighThreshold", "MediumThreshold", "LowThreshold"), "0")
    _, output = released(pipeline, scanning(*pushed(pipeline, CLEAN_TREE), **thresholds))
    assert "findings: 0 critical" in output["executionResult"]["externalExecutionSummary"]
    assert output.get("outputVariables", {}) == {}


@pytest.mark.parametrize(
    ("trees", "given", "said"),
    [
        ([VULNERABLE_TREE], {"HighThreshold": "0"}, "HighThreshold is 0: Jinja2 2.10 has CVE-2019-10906, HIGH"),
        ([VULNERABLE_TREE], {"CriticalThreshold": "1"}, "has 2 vulnerabilities of severity CRITICAL, and Critical"),
        ([{"app": "a program"}], {}, "no list of packages was found in its layers"),
        ([VULNERABLE_TREE], {"ImageTag": "nothing"}, "does not exist within the repository"),
        ([VULNERABLE_TREE], {"ECRRepositoryName": "nothing"}, "is not authorized to perform: ecr:BatchCheck"),
        ([VULNERABLE_TREE], {"HighThreshold": "#{codepipeline.PipelineExecutionId}"}, "must be a number, 0 or more"),
        ([VULNERABLE_TREE], {"without": "inspector-scan:ScanSbom"}, "authorized to perform: inspector-scan:ScanSbom"),
        ([VULNERABLE_TREE], {"without": "ecr:GetAuthorizationToken"}, "authorized to perform: ecr:GetAuthorization"),
        ([VULNERABLE_TREE], {"without": "logs:CreateLogStream"}, f"can't be written to {GROUP}: AccessDenied"),
    ],
)
def test_a_scan_fails_with_its_reason(pipeline: Pipeline, trees: list[Tree], given: dict[str, str], said: str) -> None:
    body = scanning(*pushed(pipeline, *trees), without=given.get("without", ""))
    configuration = body["Resources"]["Pipeline"]["Properties"]["Stages"][1]["Actions"][0]["Configuration"]
    configuration |= {key: value for key, value in given.items() if key != "without"}
    _, output = released(pipeline, body)
    assert said in output["executionResult"]["errorDetails"]["message"]


def test_a_scan_that_was_interrupted_is_done_once_more(pipeline: Pipeline) -> None:
    """The attempt is the same one, and its log was begun already."""
    package = Package("hello", "2.10-4", "OS", "Debian:12", "hello")
    scan = InspectorScan(
        lambda service, _: administrator(pipeline.aws, service),
        lambda *_: None,
        f"arn:aws:ecr:{REGION}:{ACCOUNT}",
        lambda *_: Inspected("sha256:1", [package], []),
    )
    configuration = {"InspectorRunMode": "ECRImageScan", "ECRRepositoryName": "shop"}
    outside = ActionsContext()
    first, again = (scan.run(outside.context(configuration, resumed=resumed)) for resumed in (None, ""))
    assert first == again
    assert first.summary.startswith("shop:latest (sha256:1): 1 packages")


def test_a_scan_of_source_code_is_not_rehearsed(pipeline: Pipeline) -> None:
    body = scanning("none", "none")
    action = body["Resources"]["Pipeline"]["Properties"]["Stages"][1]["Actions"][0]
    action |= {"Configuration": {"InspectorRunMode": "SourceCodeScan"}, "InputArtifacts": [{"Name": "Code"}]}
    _, output = released(pipeline, body)
    assert output["executionResult"]["errorDetails"]["code"] == "NotRehearsed"
