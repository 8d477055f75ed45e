"""What the templates promise: names, references, rights, retention, and what a person sees in the console."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from settings import project as project_settings
from settings.root import BUILD, SETTINGS_FILE
from templates_src.render import rendered
from templates_src.stacks import stacks

SHIPPED = SETTINGS_FILE.read_text("utf-8")

HOOKS = """\
[[services.rollout.hooks]]
function = "smoke-test:live"
stages = ["pre-scale-up", "production-traffic-shift"]
minutes = 1
[[services.rollout.hooks]]
function = "arn:aws:lambda:ca-central-1:111122223333:function:other"
stages = ["post-scale-up"]
"""

VARIANTS = {
    "as shipped": (),
    "own runtime": (("wanted = true", "wanted = false"),),
    "approval": (("approval = false", "approval = true"),),
    "no nat": (("nat_gateways = 1", "nat_gateways = 0"),),
    "nat in each zone": (("nat_gateways = 1", "nat_gateways = 2"),),
    "logs of the runtime": (
        ("access_logs = false", "access_logs = true"),
        ("flow_logs = false", "flow_logs = true"),
        ('container_insights = "off"', 'container_insights = "enhanced"'),
    ),
    "signed images": (("signed_repositories = []", 'signed_repositories = ["backend-*"]'),),
    "logs of requests": (("access_logs = false", "access_logs = true"),),
    "pull requests": (("tests_pull_requests = false", "tests_pull_requests = true"),),
    "superseded": (('execution_mode = "QUEUED"', 'execution_mode = "SUPERSEDED"'),),
    "no health command": (('health_check_command = ["python", "/app/healthcheck.py"]', ""),),
    "not watched": (("bake_minutes = 2", "bake_minutes = 0"),),
    "blue-green": (('strategy = "rolling"', 'strategy = "blue-green"'),),
    "paused": (
        ('strategy = "rolling"', 'strategy = "blue-green"\npause = "pre-production-traffic-shift"'),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 30"),
    ),
    "asked": (
        ('strategy = "rolling"', 'strategy = "canary"'),
        ("# [[services.rollout.hooks]]\n", HOOKS),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 30"),
    ),
    "canary": (
        ('strategy = "rolling"', 'strategy = "canary"'),
        ("bake_minutes = 2", "bake_minutes = 10"),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 30"),
    ),
    "codedeploy": (('strategy = "rolling"', 'strategy = "codedeploy"\nshift = "canary"'),),
    "linear": (
        ('strategy = "rolling"', 'strategy = "linear"'),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 60"),
    ),
    "other alarms": (
        ("slow_milliseconds = 3000", "slow_milliseconds = 0"),
        ("silent_days = 0", "silent_days = 7"),
        ("dashboard = true", "dashboard = false"),
        ('severity = "CRITICAL"', 'severity = "MEDIUM"'),
    ),
    "no verify": (
        (SHIPPED[SHIPPED.index("[services.verify]") : SHIPPED.index("# How a new revision takes over")], ""),
    ),
    "no gate": (("required = true", "required = false"),),
    "no migrations": (
        ("[services.migrations]", ""),
        ('command = ["python", "-m", "cruddur.database_commands", "migrate"]\ntimeout_minutes = 15', ""),
    ),
    "gates": (
        ("watch_minutes = 0", 'watch_minutes = 15\nwindow = "* * 9-16 ? * MON-FRI"\ntime_zone = "Europe/Berlin"'),
        (
            "# The build that bakes the image, likewise.",
            '[[services.gates.checks]]\nvariable = "#{SourceVariables.BranchName}"\nvalue = "prod"\n',
        ),
        (
            "# [[services.gates.asks]]\n",
            '[[services.gates.asks]]\nfunction = "is-frozen"\n[[services.gates.asks]]\nproject = "load-test"\n',
        ),
    ),
    "no secrets": (('secrets = ["CONNECTION_URL"]', ""),),
    "database": (("[builds]", "[database]\n[builds]"), ('secrets = ["CONNECTION_URL"]', "")),
    "database of others": (("[builds]", "[database]\n[builds]"), ("# database = true", "database = false")),
    "no own address": (('BACKEND_URL = "service-url"', ""),),
}


def settings_of(folder: Path, changes: tuple[tuple[str, str], ...]) -> Path:
    """Write the shipped settings with ``changes``."""
    text = SHIPPED
    for found, put in changes:
        assert found in text
        text = text.replace(found, put, 1)
    path = folder / "system.toml"
    path.write_text(text, "utf-8")
    return path


def documents_of(folder: Path, changes: tuple[tuple[str, str], ...]) -> dict[str, bytes]:
    """Make the templates of the shipped settings with ``changes``: file name to bytes."""
    made = stacks(project_settings.load(settings_of(folder, changes)))
    return {stack.file: rendered(stack.make()).encode() for stack in made}


def templates(folder: Path, changes: tuple[tuple[str, str], ...]) -> dict[str, dict[str, Any]]:
    """Make the same, as stack name to template."""
    return {name.removesuffix(".json"): json.loads(content) for name, content in documents_of(folder, changes).items()}


def templates_of_services(
    folder: Path, *services: tuple[str, str], application: str = "shop"
) -> dict[str, dict[str, Any]]:
    """Make the templates of a system of ``services``, each a name and a path."""
    text = f'application = "{application}"\n[repository]\nfull_name = "owner/shop"\n'
    for name, path in services:
        text += f'[[services]]\nname = "{name}"\nport = 8080\npath_patterns = ["{path}"]\n'
    settings = folder / "shop.toml"
    settings.write_text(text, "utf-8")
    made = stacks(project_settings.load(settings))
    return {stack.name: json.loads(rendered(stack.make())) for stack in made}


@pytest.fixture(params=VARIANTS, scope="module")
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return templates(tmp_path_factory.mktemp("settings"), VARIANTS[request.param])


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in BUILD.glob("cruddur-*.json")}


def resources(system: dict[str, dict[str, Any]], kind: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for template in system.values():
        for name, resource in template["Resources"].items():
            if resource["Type"].startswith(kind):
                yield name, resource


def values(tree: object, key: str) -> Iterator[Any]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value, key)


def one(system: dict[str, dict[str, Any]], kind: str) -> dict[str, Any]:
    ((_, resource),) = resources(system, kind)
    properties: dict[str, Any] = resource["Properties"]
    return properties


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for policy in role.get("Policies", []) for item in policy["PolicyDocument"]["Statement"]]


def test_the_names_are_those_that_users_know(shipped: dict[str, dict[str, Any]]) -> None:
    assert set(shipped) == {
        "cruddur-foundation",
        "cruddur-runtime",
        "cruddur-backend-flask",
        "cruddur-backend-flask-pipeline",
    }
    pipeline = one(shipped, "AWS::CodePipeline::Pipeline")
    assert pipeline["Name"] == "cruddur-backend-fargate"
    assert [stage["Name"] for stage in pipeline["Stages"]] == ["Source", "Test", "Build", "Deploy"]
    assert [action["Name"] for stage in pipeline["Stages"] for action in stage["Actions"]] == [
        "Source",
        "Test",
        "Secure",
        "bake",
        "Admit",
        "Migrate",
        "Deploy",
        "Verify",
    ]
    projects = {item["Properties"]["Name"] for _, item in resources(shipped, "AWS::CodeBuild::Project")}
    assert projects == {
        "cruddur-backend-flask-test",
        "cruddur-backend-flask-secure",
        "cruddur-backend-flask-bake-image",
        "cruddur-backend-flask-admit",
        "cruddur-backend-flask-migrate",
        "cruddur-backend-flask-verify",
    }
    assert one(shipped, "AWS::CodeConnections::Connection")["ConnectionName"] == "cruddur"
    assert one(shipped, "AWS::ECS::Cluster")["ClusterName"] == "cruddur"
    assert one(shipped, "AWS::ECS::Service")["ServiceName"] == "backend-flask"
    assert one(shipped, "AWS::ECR::Repository")["RepositoryName"] == "backend-flask"
    assert one(shipped, "AWS::ECS::TaskDefinition")["Family"] == "backend-flask"
    paths = {item["Properties"]["Name"] for _, item in resources(shipped, "AWS::SSM::Parameter")}
    assert paths == {
        f"/cruddur/backend-flask/{name}"
        for name in (
            "AWS_ACCOUNT_ID",
            "BACKEND_IMAGE_URL",
            "AWS_COGNITO_USER_POOL_ID",
            "AWS_COGNITO_USER_POOL_CLIENT_ID",
        )
    }


def test_a_push_to_the_branch_that_touches_the_service_starts_the_pipeline(shipped: dict[str, dict[str, Any]]) -> None:
    pipeline = one(shipped, "AWS::CodePipeline::Pipeline")
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "QUEUED")
    (trigger,) = pipeline["Triggers"]
    assert trigger["GitConfiguration"]["Push"] == [
        {"Branches": {"Includes": ["prod"]}, "FilePaths": {"Includes": ["backend-flask/**"]}}
    ]
    assert pipeline["Stages"][0]["Actions"][0]["Configuration"]["DetectChanges"] == "false"
    assert pipeline["Stages"][-1]["OnFailure"] == {"Result": "ROLLBACK"}


def test_every_import_has_its_export(system: dict[str, dict[str, Any]]) -> None:
    exports = {
        output["Export"]["Name"]
        for template in system.values()
        for output in template["Outputs"].values()
        if "Export" in output
    }
    imports = {name for template in system.values() for name in values(template, "Fn::ImportValue")}
    assert imports
    assert imports - exports == set()


def test_every_template_says_what_it_is_made_from(system: dict[str, dict[str, Any]]) -> None:
    assert all(
        template["Metadata"]["MadeFrom"].startswith("config/system.toml, by make templates")
        for template in system.values()
    )


def test_every_parameter_is_asked_for_in_words(system: dict[str, dict[str, Any]]) -> None:
    for template in system.values():
        interface = template.get("Metadata", {}).get("AWS::CloudFormation::Interface", {})
        grouped = [name for group in interface.get("ParameterGroups", []) for name in group["Parameters"]]
        assert sorted(grouped) == sorted(template.get("Parameters", {}))
        for name, parameter in template.get("Parameters", {}).items():
            assert interface["ParameterLabels"][name]["default"].endswith(("?", "accepts", "to"))
            assert parameter["Description"].endswith(".")
            if "AllowedValues" not in parameter:
                assert re.compile(parameter["AllowedPattern"])
                assert parameter["ConstraintDescription"]


def test_every_output_has_a_description_and_every_stack_leads_to_the_console(system: dict[str, dict[str, Any]]) -> None:
    for template in system.values():
        assert all(output["Description"] for output in template["Outputs"].values())
        assert any(name.endswith("Console") for name in template["Outputs"])


def test_every_role_has_named_statements_and_a_trust_limited_to_one_source_of_this_account(
    system: dict[str, dict[str, Any]],
) -> None:
    roles = list(resources(system, "AWS::IAM::Role"))
    assert len(roles) >= 3
    for name, role in roles:
        properties = role["Properties"]
        assert properties["Description"]
        sids = [statement["Sid"] for statement in statements(properties)]
        assert len(sids) == len(set(sids)), name
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        if trust["Principal"] == {"Service": "ecs.amazonaws.com"}:
            continue  # AWS documents no condition that ECS itself meets
        conditions = {key: value for test in trust["Condition"].values() for key, value in test.items()}
        assert conditions["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
        assert conditions["aws:SourceArn"]["Fn::Sub"].startswith("arn:${AWS::Partition}:"), name


def test_only_actions_that_take_no_resource_are_allowed_on_everything(system: dict[str, dict[str, Any]]) -> None:
    wide = [
        action
        for _, role in resources(system, "AWS::IAM::Role")
        for statement in statements(role["Properties"])
        if "*" in statement["Resource"]
        for action in statement["Action"]
    ]
    looking = {action for action in wide if action.startswith("elasticloadbalancing:Describe")}
    # The latter tells of composite alarms only so.
    unlimited = {"ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "cloudwatch:DescribeAlarms"}
    assert set(wide) - looking <= unlimited
    assert not any(
        "*" in action
        for _, role in resources(system, "AWS::IAM::Role")
        for statement in statements(role["Properties"])
        for action in statement["Action"]
    )


def test_rights_to_objects_end_at_the_pipelines_own_folder(system: dict[str, dict[str, Any]]) -> None:
    reached = [
        resource
        for _, role in resources(system, "AWS::IAM::Role")
        for statement in statements(role["Properties"])
        for action in statement["Action"]
        if action in {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}
        for resource in statement["Resource"]
    ]
    assert reached
    for resource in reached:
        bucket, folder, rest = resource["Fn::Join"][1]
        assert bucket == {"Fn::ImportValue": "cruddur-foundation:ArtifactBucketArn"}
        assert folder.split("/")[0] == "cruddur-backend-farg"
        assert rest == "*"


def test_services_may_use_the_key_for_this_account_alone(shipped: dict[str, dict[str, Any]]) -> None:
    granted = shipped["cruddur-foundation"]["Resources"]["ArtifactKey"]["Properties"]["KeyPolicy"]["Statement"]
    to_services = [statement for statement in granted if "Service" in statement["Principal"]]
    *announcing, events, logs = to_services
    for statement in announcing:
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    topic = {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:cruddur-releases"}
    assert events["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}}
    groups = {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"}
    assert logs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_logs_are_encrypted_with_the_key_of_the_system(system: dict[str, dict[str, Any]]) -> None:
    groups = dict(resources(system, "AWS::Logs::LogGroup"))
    assert groups
    for name, group in groups.items():
        assert group["Properties"]["KmsKeyId"] == {"Fn::ImportValue": "cruddur-foundation:ArtifactKeyArn"}, name


def test_the_port_of_https_is_open_where_https_is_spoken_only(shipped: dict[str, dict[str, Any]]) -> None:
    group = shipped["cruddur-runtime"]["Resources"]["LoadBalancerSecurityGroup"]["Properties"]
    plain, encrypted = group["SecurityGroupIngress"]
    assert plain["FromPort"] == 80
    condition, rule, otherwise = encrypted["Fn::If"]
    assert (condition, rule["FromPort"], otherwise) == ("HasHttps", 443, {"Ref": "AWS::NoValue"})


def test_the_tests_may_neither_push_nor_store_nor_pass(shipped: dict[str, dict[str, Any]]) -> None:
    role = shipped["cruddur-backend-flask-pipeline"]["Resources"]["TestRole"]["Properties"]
    allowed = {action for statement in statements(role) for action in statement["Action"]}
    assert allowed.isdisjoint({"ecr:PutImage", "ecr:GetAuthorizationToken", "s3:PutObject", "iam:PassRole"})
    assert "codebuild:CreateReport" in allowed


def test_the_security_checks_run_beside_the_tests_and_may_but_report(shipped: dict[str, dict[str, Any]]) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    (beside,) = [stage["Actions"] for stage in made["Pipeline"]["Properties"]["Stages"] if stage["Name"] == "Test"]
    assert [(action["Name"], action["RunOrder"]) for action in beside] == [("Test", 1), ("Secure", 1)]
    allowed = {action for statement in statements(made["SecureRole"]["Properties"]) for action in statement["Action"]}
    assert {action.partition(":")[0] for action in allowed} == {"logs", "s3", "kms", "codebuild"}
    project = made["SecureProject"]["Properties"]
    assert not project["Environment"]["PrivilegedMode"]
    variables = {one["Name"]: one["Value"] for one in project["Environment"]["EnvironmentVariables"]}
    assert (variables["SERVICE_FOLDER"], variables["NOT_SHIPPED"]) == ("backend-flask", "tests;bench")
    assert "LGPL-3.0-only" in variables["ALLOWED_LICENCES"].split(";")


def test_tasks_have_no_capability_and_reach_the_ports_of_the_settings_alone(
    tmp_path: Path, shipped: dict[str, dict[str, Any]]
) -> None:
    (definition,) = one(shipped, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert definition["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert definition["ReadonlyRootFilesystem"]

    def reached(made: dict[str, dict[str, Any]]) -> list[tuple[str, int, int]]:
        group = made["cruddur-backend-flask"]["Resources"]["BackendFlaskSecurityGroup"]["Properties"]
        return [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]]

    assert reached(shipped) == [("tcp", 443, 443), ("tcp", 5432, 5432)]
    changed = templates(tmp_path, (("outbound_ports = [5432]", "outbound_ports = [6379, 443]"),))
    assert reached(changed) == [("tcp", 443, 443), ("tcp", 6379, 6379)]


def test_what_verifies_runs_after_the_deployment_and_may_but_look_and_report(
    tmp_path: Path, shipped: dict[str, dict[str, Any]]
) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    allowed = {action for statement in statements(made["VerifyRole"]["Properties"]) for action in statement["Action"]}
    reports = {"BatchPutTestCases", "CreateReport", "CreateReportGroup", "UpdateReport"}
    assert allowed == {
        *("logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"),
        *("ecs:DescribeServices", *(f"codebuild:{one}" for one in reports)),
    }
    assert not made["VerifyProject"]["Properties"]["Environment"]["PrivilegedMode"]
    # A deployment that has shifted its traffic is taken back, too, when what it shifted to does not answer as it must.
    for name in ("as shipped", "canary"):
        pipeline = one(templates(tmp_path, VARIANTS[name]), "AWS::CodePipeline::Pipeline")
        assert pipeline["Stages"][-1]["OnFailure"] == {"Result": "ROLLBACK"}, name
    without = templates(tmp_path, VARIANTS["no verify"])["cruddur-backend-flask-pipeline"]
    assert not [name for name in without["Resources"] if name.startswith("Verify")]
    assert "BackendFlaskUrl" not in without["Parameters"]


def test_the_address_that_is_verified_is_asked_for_where_the_runtime_is_not_made_here(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["own runtime"])["cruddur-backend-flask-pipeline"]
    assert "Default" not in made["Parameters"]["BackendFlaskUrl"]
    assert {"Name": "SERVICE_URL", "Type": "PLAINTEXT", "Value": {"Ref": "BackendFlaskUrl"}} in made["Resources"][
        "VerifyProject"
    ]["Properties"]["Environment"]["EnvironmentVariables"]


def test_the_gate_stands_right_before_the_deployment_and_may_but_look(shipped: dict[str, dict[str, Any]]) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    *_, deploy = made["Pipeline"]["Properties"]["Stages"]
    orders = [(action["Name"], action["RunOrder"]) for action in deploy["Actions"]]
    assert orders == [("Admit", 1), ("Migrate", 2), ("Deploy", 3), ("Verify", 4)]
    admit = deploy["Actions"][0]
    assert [one["Name"] for one in admit["InputArtifacts"]] == ["SourceArtifact", "imageDefinition"]
    assert "#{SourceVariables.CommitId}" in admit["Configuration"]["EnvironmentVariables"]
    allowed = {action for statement in statements(made["AdmitRole"]["Properties"]) for action in statement["Action"]}
    assert allowed.isdisjoint({"kms:Sign", "s3:PutObject", "ecr:PutImage", "ecs:UpdateService", "iam:PassRole"})
    variables = {
        one["Name"]: one["Value"] for one in made["AdmitProject"]["Properties"]["Environment"]["EnvironmentVariables"]
    }
    assert variables["REQUIRED_CHECKS"] == "Test/Test,Test/Secure"


def test_the_bake_alone_signs_and_nobody_grants_it_on(shipped: dict[str, dict[str, Any]]) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    key = made["SigningKey"]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    (signs,) = [one for one in key["KeyPolicy"]["Statement"] if "kms:Sign" in one["Action"]]
    assert signs["Condition"]["ArnEquals"]["aws:PrincipalArn"]["Fn::Sub"].endswith(
        ":role/cruddur-backend-flask-bake-image"
    )
    granted = {action for one in key["KeyPolicy"]["Statement"] for action in one["Action"]}
    assert granted.isdisjoint({"kms:*", "kms:Sign*", "kms:S*", "kms:CreateGrant", "kms:Create*"})
    signers = {
        name
        for name, resource in made.items()
        if resource["Type"] == "AWS::IAM::Role"
        and any("kms:Sign" in statement["Action"] for statement in statements(resource["Properties"]))
    }
    assert signers == {"BakeImageRole"}


def test_ecr_signs_what_the_bake_alone_may_have_it_sign(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["signed images"])
    configuration = one(made, "AWS::ECR::SigningConfiguration")
    profile = {"Fn::GetAtt": ["ImageSigningProfile", "Arn"]}
    filters = [{"Filter": "backend-*", "FilterType": "WILDCARD_MATCH"}]
    assert configuration == {"Rules": [{"SigningProfileArn": profile, "RepositoryFilters": filters}]}
    named = {"Fn::ImportValue": "cruddur-foundation:ImageSigningProfileArn"}
    may = {
        role: statement["Resource"]
        for role, found in resources(made, "AWS::IAM::Role")
        for statement in statements(found["Properties"])
        if "signer:SignPayload" in statement["Action"]
    }
    assert may == {"BakeImageRole": [named]}
    others = templates(tmp_path, (("signed_repositories = []", 'signed_repositories = ["other"]'),))
    assert "SignPayload" not in json.dumps(others)


def test_without_the_gate_there_is_neither_key_nor_attestation(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["no gate"])["cruddur-backend-flask-pipeline"]["Resources"]
    assert {"SigningKey", "AdmitProject", "AdmitRole"}.isdisjoint(made)
    assert [one["Name"] for one in made["Pipeline"]["Properties"]["Stages"][-1]["Actions"]] == [
        "Migrate",
        "Deploy",
        "Verify",
    ]
    assert "SIGNING_KEY" not in str(made["BakeImageProject"])


def test_what_holds_data_outlives_its_stack(system: dict[str, dict[str, Any]]) -> None:
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::ECR::Repository", "AWS::Logs::LogGroup"):
        for name, resource in resources(system, kind):
            if kind == "AWS::S3::Bucket" and resource["Type"] != kind:
                continue
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
            assert resource["UpdateReplacePolicy"] == "Retain", name


def test_everything_that_takes_tags_has_them(system: dict[str, dict[str, Any]]) -> None:
    untaggable = {
        "AWS::CloudFormation",
        "AWS::CodeDeploy::DeploymentConfig",
        "AWS::EC2::Route",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ECR::SigningConfiguration",
        "AWS::KMS::Alias",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::Route53::RecordSet",
    }
    bare = [
        name for name, item in resources(system) if "Tags" not in item["Properties"] and item["Type"] not in untaggable
    ]
    assert bare == []


def test_the_first_deployment_runs_no_task(shipped: dict[str, dict[str, Any]]) -> None:
    service = one(shipped, "AWS::ECS::Service")
    assert service["DesiredCount"] == {"Fn::If": ["HasBackendFlaskImage", 1, 0]}
    parameters = shipped["cruddur-backend-flask"]["Parameters"]
    assert parameters["BackendFlaskImage"]["Default"] == ""
    assert service["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_secrets_are_names_and_never_values(system: dict[str, dict[str, Any]]) -> None:
    for template in system.values():
        for parameter in template.get("Parameters", {}).values():
            assert parameter["Type"] == "String"
        for secret in values(template, "ValueFrom"):
            of_database = secret.get("Fn::Join", [0, [0]])[1][0] == {"Fn::ImportValue": "cruddur-database:SecretArn"}
            assert of_database or ":parameter/cruddur/backend-flask/" in secret["Fn::Sub"]


def test_a_service_leaves_what_is_shared_and_every_other_service_as_it_was(tmp_path: Path) -> None:
    first = templates_of_services(tmp_path, ("web", "/*"), ("api", "/api/*"))
    second = templates_of_services(tmp_path, ("web", "/*"), ("jobs", "/jobs/*"), ("api", "/v2/*"))
    assert {name for name in first if second[name] != first[name]} == {"shop-api"}
    assert set(second) - set(first) == {"shop-jobs", "shop-jobs-pipeline"}
    assert list(second)[2:5] == ["shop-web", "shop-jobs", "shop-api"]


def test_what_two_systems_in_one_account_name_differs(tmp_path: Path) -> None:
    named = {
        "RepositoryName",
        "Family",
        "LogGroupName",
        "RoleName",
        "ClusterName",
        "AlarmName",
        "DashboardName",
        "AliasName",
        "TopicName",
    }
    named |= {"Name", "Export", "ConnectionName"}
    alike = {"name", "Name"}  # tags, stages and containers

    def names_of(application: str) -> set[str]:
        made = templates_of_services(tmp_path, ("web", "/*"), application=application)
        return {str(value) for key in named - alike for value in values(made, key)}

    assert len(names_of("shop")) > 20
    assert not names_of("shop") & names_of("depot")


def test_a_pull_request_project_has_badge_and_webhook_and_no_right_to_release(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["pull requests"])["cruddur-backend-flask-pipeline"]["Resources"]
    project = made["PullRequestProject"]["Properties"]
    assert project["BadgeEnabled"]
    assert project["Source"]["Type"] == "GITHUB"
    assert project["Source"]["ReportBuildStatus"]
    allowed = {
        action for statement in statements(made["PullRequestRole"]["Properties"]) for action in statement["Action"]
    }
    assert not any(action.startswith(("ecr:", "s3:", "ecs:", "iam:")) for action in allowed)
    assert {"codeconnections:GetConnection", "codeconnections:GetConnectionToken"} <= allowed
    # A fork's code waits for somebody who may push, and never runs under a role that a release has.
    assert project["Triggers"]["PullRequestBuildPolicy"] == {
        "RequiresCommentApproval": "FORK_PULL_REQUESTS",
        "ApproverRoles": ["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    }
    roles = [
        made[name]["Properties"]["ServiceRole"]
        for name in ("PullRequestProject", "TestProject", "SecureProject", "BakeImageProject")
    ]
    assert roles[0] == {"Fn::GetAtt": ["PullRequestRole", "Arn"]}
    assert roles[0] not in roles[1:]
    for name in ("TestProject", "SecureProject", "BakeImageProject"):
        assert "Triggers" not in made[name]["Properties"]
        assert "BadgeEnabled" not in made[name]["Properties"]


def test_two_values_may_be_described_alike(tmp_path: Path) -> None:
    text = "Client of that user pool which the tokens were issued to"
    changes = ((text, "Cognito user pool whose access tokens the service accepts"),)
    made = templates(tmp_path, changes)["cruddur-backend-flask-pipeline"]
    assert list(made["Parameters"])[:2] == ["AwsCognitoUserPoolId", "AwsCognitoUserPoolClientId"]
    labels = [
        label["default"] for label in made["Metadata"]["AWS::CloudFormation::Interface"]["ParameterLabels"].values()
    ]
    assert len(set(labels)) == len(labels)


def test_build_holds_what_the_shipped_settings_make(tmp_path: Path, shipped: dict[str, dict[str, Any]]) -> None:
    assert templates(tmp_path, ()) == shipped
