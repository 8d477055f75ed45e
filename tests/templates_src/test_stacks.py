"""What all templates promise: names, references, retention, and what a person sees in the console."""

import re
from pathlib import Path

from tests.templates_src.systems import System, one, resources, templates, templates_of_services, values


def test_the_names_are_those_that_users_know(shipped: System) -> None:
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


def test_every_import_has_its_export(system: System) -> None:
    exports = {
        output["Export"]["Name"]
        for template in system.values()
        for output in template["Outputs"].values()
        if "Export" in output
    }
    imports = {name for template in system.values() for name in values(template, "Fn::ImportValue")}
    assert imports
    assert imports - exports == set()


def test_every_template_says_what_it_is_made_from(system: System) -> None:
    assert all(
        template["Metadata"]["MadeFrom"].startswith("config/system.toml, by make templates")
        for template in system.values()
    )


def test_every_parameter_is_asked_for_in_words(system: System) -> None:
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


def test_every_output_has_a_description_and_every_stack_leads_to_the_console(system: System) -> None:
    for template in system.values():
        assert all(output["Description"] for output in template["Outputs"].values())
        assert any(name.endswith("Console") for name in template["Outputs"])


def test_what_holds_data_outlives_its_stack(system: System) -> None:
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::ECR::Repository", "AWS::Logs::LogGroup"):
        for name, resource in resources(system, kind):
            if kind == "AWS::S3::Bucket" and resource["Type"] != kind:
                continue
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
            assert resource["UpdateReplacePolicy"] == "Retain", name


def test_everything_that_takes_tags_has_them(system: System) -> None:
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


def test_secrets_are_names_and_never_values(system: System) -> None:
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


def test_two_values_may_be_described_alike(tmp_path: Path) -> None:
    text = "Client of that user pool which the tokens were issued to"
    changes = ((text, "Cognito user pool whose access tokens the service accepts"),)
    made = templates(tmp_path, changes)["cruddur-backend-flask-pipeline"]
    assert list(made["Parameters"])[:2] == ["AwsCognitoUserPoolId", "AwsCognitoUserPoolClientId"]
    labels = [
        label["default"] for label in made["Metadata"]["AWS::CloudFormation::Interface"]["ParameterLabels"].values()
    ]
    assert len(set(labels)) == len(labels)


def test_build_holds_what_the_shipped_settings_make(tmp_path: Path, shipped: System) -> None:
    assert templates(tmp_path, ()) == shipped
