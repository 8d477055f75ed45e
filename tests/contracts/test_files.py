"""Templates, buildspecs, scripts, Dockerfile and code that no longer agree are told apart, each by its contract."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.catalogue import CONTRACTS
from tests.contracts.project import FOUNDATION, PIPELINE, SERVICE, Changed, copied


def _no_export(project: Changed) -> None:
    del project.templates[FOUNDATION]["Outputs"]["ConnectionArn"]["Export"]


def _no_buildspec(project: Changed) -> None:
    (project.root / "backend-flask" / "tests" / "buildspec.yml").unlink()


def _parameter_of_nobody(project: Changed) -> None:
    project.edit("backend-flask/tests/buildspec.yml", "flask/AWS_COGNITO_USER_POOL_ID", "flask/USER_POOL")


def _secret_of_nobody(project: Changed) -> None:
    project.templates["manifest.json"]["secrets"] = []


def _no_artifact(project: Changed) -> None:
    project.edit("backend-flask/buildspec.yml", "artifacts:\n  files:\n    - imagedefinitions.json\n", "")


def _other_artifact(project: Changed) -> None:
    project.edit("backend-flask/buildspec.yml", "    - imagedefinitions.json", "    - imageDetail.json")


def _other_file_taken(project: Changed) -> None:
    (stage,) = [one for one in project.resource(PIPELINE, "Pipeline")["Stages"] if one["Name"] == "Deploy"]
    (deploy,) = [one for one in stage["Actions"] if one["Name"] == "Deploy"]
    deploy["Configuration"]["FileName"] = "images.json"


def _container_of_another_name(project: Changed) -> None:
    project.resource(SERVICE, "BackendFlaskTaskDefinition")["ContainerDefinitions"][0]["Name"] = "web"


def _image_for_another_container(project: Changed) -> None:
    variables = project.resource(PIPELINE, "BakeImageProject")["Environment"]["EnvironmentVariables"]
    next(one for one in variables if one["Name"] == "CONTAINER_NAME")["Value"] = "web"


def _balancer_on_another_port(project: Changed) -> None:
    project.resource(SERVICE, "BackendFlaskService")["LoadBalancers"][0]["ContainerPort"] = 8080


def _image_on_another_port(project: Changed) -> None:
    project.edit("backend-flask/Dockerfile", "EXPOSE 4567", "EXPOSE 8080")


def _server_on_another_port(project: Changed) -> None:
    project.edit("backend-flask/gunicorn.conf.py", "0.0.0.0:4567", "0.0.0.0:8080")


def _path_that_nothing_answers(project: Changed) -> None:
    project.resource(SERVICE, "BackendFlaskTargetGroup")["HealthCheckPath"] = "/healthz"


def _script_that_is_missing(project: Changed) -> None:
    (project.root / "backend-flask" / "healthcheck.py").unlink()


def _repository_of_another_name(project: Changed) -> None:
    project.edit("backend-flask/bake/image.bash", "repository=$IMAGE_URL/$REPOSITORY_NAME", "repository=$IMAGE_URL/web")


def _not_privileged(project: Changed) -> None:
    project.resource(PIPELINE, "BakeImageProject")["Environment"]["PrivilegedMode"] = False


def _bake_script_of_another_name(project: Changed) -> None:
    project.edit("backend-flask/buildspec.yml", "bash backend-flask/bake/push", "bash backend-flask/bake/publish")


def _command_of_another_name(project: Changed) -> None:
    project.edit("backend-flask/tests/buildspec.yml", "bash ./bin/db/seed", "bash ./bin/db/seeds")


def _server_that_nobody_reaches(project: Changed) -> None:
    project.edit("backend-flask/gunicorn.conf.py", "0.0.0.0:4567", "127.0.0.1:4567")


def _port_that_is_not_let_in(project: Changed) -> None:
    rule = project.resource(SERVICE, "BackendFlaskSecurityGroup")["SecurityGroupIngress"][0]
    rule |= {"FromPort": 80, "ToPort": 80}


def _path_that_the_health_check_alone_names(project: Changed) -> None:
    project.edit("backend-flask/cruddur/routes/health.py", '"/api/health-check"', '"/api/health"')


def _script_that_is_not_copied(project: Changed) -> None:
    project.edit("backend-flask/Dockerfile", "gunicorn.conf.py healthcheck.py ./", "gunicorn.conf.py ./")


def _health_asked_at_another_port(project: Changed) -> None:
    project.edit("backend-flask/healthcheck.py", "PORT = 4567", "PORT = 8080")


def _health_asked_by_what_the_image_lacks(project: Changed) -> None:
    container = project.resource(SERVICE, "BackendFlaskTaskDefinition")["ContainerDefinitions"][0]
    container["HealthCheck"]["Command"] = ["CMD-SHELL", "curl -f http://localhost:4567/"]


def _variable_that_the_task_lacks(project: Changed) -> None:
    project.edit("backend-flask/app.py", "CANNOT_START = 2", 'CANNOT_START = int(os.environ["CANNOT_START"])')


FAULTS: dict[Callable[[Changed], None], str] = {
    _no_export: "E9601",
    _no_buildspec: "E9602",
    _parameter_of_nobody: "E9605",
    _secret_of_nobody: "E9605",
    _no_artifact: "E9606",
    _other_artifact: "E9606",
    _other_file_taken: "E9606",
    _container_of_another_name: "E9607",
    _image_for_another_container: "E9607",
    _balancer_on_another_port: "E9608",
    _image_on_another_port: "E9608",
    _server_on_another_port: "E9608",
    _path_that_nothing_answers: "E9609",
    _script_that_is_missing: "E9609",
    _repository_of_another_name: "E9610",
    _not_privileged: "E9611",
    _bake_script_of_another_name: "E9612",
    _command_of_another_name: "E9612",
    _server_that_nobody_reaches: "E9608",
    _port_that_is_not_let_in: "E9608",
    _health_asked_at_another_port: "E9608",
    _path_that_the_health_check_alone_names: "E9609",
    _script_that_is_not_copied: "E9609",
    _health_asked_by_what_the_image_lacks: "W9622",
    _variable_that_the_task_lacks: "E9628",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_a_broken_promise_is_told_by_its_contract(fault: Callable[[Changed], None], tmp_path: Path) -> None:
    project = copied(tmp_path)
    assert project.found() == []
    fault(project)
    found = project.found()
    assert FAULTS[fault] in {one.id for one in found}, found
    assert all(one.sentence.endswith(".") and one.remedy for one in found)


def test_a_broken_buildspec_is_linted_with_what_is_known_of_its_project(tmp_path: Path) -> None:
    project = copied(tmp_path)
    project.edit("backend-flask/buildspec.yml", "  pre_build:", "  prebuild:")
    found = [one for one in project.found() if one.file == "backend-flask/buildspec.yml"]
    assert [(one.id[1:3], one.line > 0) for one in found] == [("97", True)]


def test_every_contract_is_explained_and_seen_failing() -> None:
    elsewhere = {"E9603", "E9604", "E9613", "W9614"}
    elsewhere |= {
        "W9615",
        "W9616",
        "W9617",
        "W9618",
        "W9619",
        "W9620",
        "W9621",
        "W9623",
        "W9624",
        "W9625",
        "W9626",
        "E9627",
        "E9629",
    }  # tests/lint_rules/cases/agreement.toml  # tests/contracts/test_permissions.py and test_artifact_folders.py
    assert {one.id for one in CONTRACTS} == set(FAULTS.values()) | elsewhere
