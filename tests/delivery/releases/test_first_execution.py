"""A pipeline runs once when it is created; the deployment keeps that execution from deploying anything.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html
"""

import json

from tests.delivery.releases.release_project import ReleaseProject


def test_a_new_pipeline_runs_once_and_its_connection_is_not_finished(releases: ReleaseProject) -> None:
    releases.deploy(handshake=False)
    (first,) = releases.all_executions()
    assert first["trigger"]["triggerType"] == "CreatePipeline"
    releases.until(lambda: releases.all_executions()[0]["status"] in {"Failed", "Stopped"})
    again = releases.project.deploy()
    assert "by itself" not in again.out
    assert len(releases.all_executions()) == 1
    assert f"{releases.name}: never released; start with " in releases.run("status").out


def test_a_new_pipeline_of_a_finished_connection_is_told_to_stop(releases: ReleaseProject) -> None:
    releases.deploy(service={})
    releases.commit("sleep 3")
    path = releases.project.folder / "build" / "all.json"
    template = json.loads(path.read_text())
    name = template["Resources"]["Pipeline"]["Properties"]["Name"] = f"{releases.name}-anew"
    path.write_text(json.dumps(template))
    releases.project.manifest["pipelines"][0]["pipeline"] = name

    done = releases.project.deploy()

    assert done.code == 0, done.err
    client = releases.client("codepipeline")
    (first,) = client.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"]
    asked = {"pipelineName": name, "pipelineExecutionId": first["pipelineExecutionId"]}
    told = f"{name}: AWS runs a new pipeline once by itself; execution {first['pipelineExecutionId']} "
    assert f"{told}was told to stop, so it deploys nothing." in done.out
    releases.until(lambda: client.get_pipeline_execution(**asked)["pipelineExecution"]["status"] == "Stopped")
    details = client.list_action_executions(pipelineName=name)["actionExecutionDetails"]
    assert "Deploy" not in {one["actionName"] for one in details}
