"""What roles, keys, ports and tasks of the templates allow, and to whom."""

import json
from pathlib import Path

from tests.templates_src.systems import VARIANTS, System, allowed_to, one, resources, statements, templates


def test_every_role_has_named_statements_and_a_trust_limited_to_one_source_of_this_account(system: System) -> None:
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


def test_only_actions_that_take_no_resource_are_allowed_on_everything(system: System) -> None:
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
    assert set(wide) - looking <= {*unlimited, "inspector-scan:ScanSbom"}
    assert not any(
        "*" in action
        for _, role in resources(system, "AWS::IAM::Role")
        for statement in statements(role["Properties"])
        for action in statement["Action"]
    )


def test_rights_to_objects_end_at_the_pipelines_own_folder(system: System) -> None:
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


def test_services_may_use_the_key_for_this_account_alone(shipped: System) -> None:
    granted = shipped["cruddur-foundation"]["Resources"]["ArtifactKey"]["Properties"]["KeyPolicy"]["Statement"]
    to_services = [statement for statement in granted if "Service" in statement["Principal"]]
    *announcing, events, logs = to_services
    for statement in announcing:
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    topic = {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:cruddur-releases"}
    assert events["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}}
    groups = {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"}
    assert logs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_logs_are_encrypted_with_the_key_of_the_system(system: System) -> None:
    groups = dict(resources(system, "AWS::Logs::LogGroup"))
    assert groups
    for name, group in groups.items():
        assert group["Properties"]["KmsKeyId"] == {"Fn::ImportValue": "cruddur-foundation:ArtifactKeyArn"}, name


def test_the_tests_may_neither_push_nor_store_nor_pass(shipped: System) -> None:
    role = shipped["cruddur-backend-flask-pipeline"]["Resources"]["TestRole"]
    allowed = allowed_to(role)
    assert allowed.isdisjoint({"ecr:PutImage", "ecr:GetAuthorizationToken", "s3:PutObject", "iam:PassRole"})
    assert "codebuild:CreateReport" in allowed


def test_the_bake_alone_signs_and_nobody_grants_it_on(shipped: System) -> None:
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


def test_the_port_of_https_is_open_where_https_is_spoken_only(shipped: System) -> None:
    group = shipped["cruddur-runtime"]["Resources"]["LoadBalancerSecurityGroup"]["Properties"]
    plain, encrypted = group["SecurityGroupIngress"]
    assert plain["FromPort"] == 80
    condition, rule, otherwise = encrypted["Fn::If"]
    assert (condition, rule["FromPort"], otherwise) == ("HasHttps", 443, {"Ref": "AWS::NoValue"})


def test_tasks_have_no_capability_and_reach_the_ports_of_the_settings_alone(tmp_path: Path, shipped: System) -> None:
    (definition,) = one(shipped, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert definition["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert definition["ReadonlyRootFilesystem"]

    def reached(made: System) -> list[tuple[str, int, int]]:
        group = made["cruddur-backend-flask"]["Resources"]["BackendFlaskSecurityGroup"]["Properties"]
        return [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]]

    assert reached(shipped) == [("tcp", 443, 443), ("tcp", 5432, 5432)]
    changed = templates(tmp_path, (("outbound_ports = [5432]", "outbound_ports = [6379, 443]"),))
    assert reached(changed) == [("tcp", 443, 443), ("tcp", 6379, 6379)]
