"""One template of anybody's, read as a system: what it does not say is unknown, and nothing is made of that."""

from pathlib import Path
from typing import Any

import pytest

from system_model.answers import Answer, all_of, any_of
from system_model.conditions import UNKNOWN, hold
from system_model.index import SystemIndex
from system_model.repository import Repository
from system_model.resolver import Resolver
from system_model.roles import Role
from system_model.system import of_templates
from system_model.wording import Filled

YES, NO, OPEN = Answer.YES, Answer.NO, Answer.UNKNOWN


def index(resources: dict[str, Any], *, whole: bool, **sections: Any) -> SystemIndex:
    templates = {"shop": {"Resources": resources, **sections}}
    return SystemIndex(of_templates(templates, Repository(Path("nowhere")), whole=whole))


def role(*statements: dict[str, Any], whole: bool = False, **properties: Any) -> Role:
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    }
    policies = [{"PolicyName": "own", "PolicyDocument": {"Statement": list(statements)}}]
    made = {"AssumeRolePolicyDocument": trust, "Policies": policies, **properties}
    return index({"Worker": {"Type": "AWS::IAM::Role", "Properties": made}}, whole=whole).roles.all[0]


def allow(action: str, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


BUCKET = "arn:aws:s3:::artifacts"


@pytest.mark.parametrize(
    ("answers", "every", "some"),
    [([], YES, NO), ([YES, YES], YES, YES), ([YES, NO], NO, YES), ([YES, OPEN], OPEN, YES), ([NO, OPEN], NO, OPEN)],
)
def test_answers_are_put_together(answers: list[Answer], every: Answer, some: Answer) -> None:
    assert all_of(answers) is every
    assert any_of(answers) is some


def test_an_answer_is_not_taken_for_a_truth_value() -> None:
    with pytest.raises(TypeError, match=r"compare it with Answer\.YES"):
        bool(OPEN)


def test_what_a_statement_says_is_granted_or_not() -> None:
    one = role(allow("s3:Get*", f"{BUCKET}/*"))
    assert one.allows("s3:GetObject", f"{BUCKET}/key", {}) is YES
    assert one.allows("s3:PutObject", f"{BUCKET}/key", {}) is NO
    assert one.allows("s3:GetObject", "arn:aws:s3:::others/key", {}) is NO


def test_a_parameter_may_turn_out_to_be_anything_that_its_place_allows() -> None:
    one = role(allow("s3:GetObject", {"Fn::Sub": "arn:aws:s3:::${Name}/*"}))
    assert one.allows("s3:GetObject", f"{BUCKET}/key", {}) is OPEN
    assert one.allows("s3:GetObject", "arn:aws:kms:eu-west-1:111122223333:key/1", {}) is NO
    assert role(allow("s3:GetObject", {"Fn::Sub": "arn:aws:s3:::${Name}/*"}), whole=True).allows(
        "s3:GetObject", f"{BUCKET}/key", {}
    ) is NO  # fmt: skip


def test_managed_policies_may_grant_what_no_template_says_and_a_denial_stays_one() -> None:
    managed: dict[str, Any] = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
    assert role(**managed).allows("s3:GetObject", f"{BUCKET}/key", {}) is OPEN
    denied = role({**allow("s3:*", "*"), "Effect": "Deny"}, **managed)
    assert denied.allows("s3:GetObject", f"{BUCKET}/key", {}) is NO


def test_a_resource_that_is_not_known_is_allowed_for_certain_by_a_wildcard_alone() -> None:
    assert role(allow("s3:GetObject", "*")).allows("s3:GetObject", UNKNOWN, {}) is YES
    assert role(allow("s3:GetObject", BUCKET)).allows("s3:GetObject", UNKNOWN, {}) is OPEN
    assert role(allow("s3:PutObject", BUCKET)).allows("s3:GetObject", UNKNOWN, {}) is NO


def test_a_value_that_is_not_known_leaves_its_condition_open() -> None:
    conditions = {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}
    assert hold(conditions, {"aws:sourceaccount": UNKNOWN}) is OPEN
    assert hold({**conditions, "Bool": {"aws:SecureTransport": ["true"]}}, {"aws:sourceaccount": UNKNOWN}) is NO


def test_a_service_is_trusted_under_the_conditions_of_the_trust_policy() -> None:
    account = {"aws:sourceaccount": "${AWS::AccountId}"}
    assert role().trusts("codebuild.amazonaws.com", account) is YES
    assert role().trusts("codebuild.amazonaws.com", {"aws:sourceaccount": "111122223333"}) is OPEN
    assert role(whole=True).trusts("codebuild.amazonaws.com", {"aws:sourceaccount": "111122223333"}) is NO
    assert role().trusts("ec2.amazonaws.com", account) is NO
    assert role().trusts("codebuild.amazonaws.com", {"aws:sourceaccount": UNKNOWN}) is OPEN


FUNCTIONS: list[tuple[Any, str, str]] = [
    ({"Fn::If": ["Big", "large", "small"]}, "large", "large"),
    ({"Fn::If": ["Big", {"Ref": "AWS::NoValue"}, "small"]}, "small", "small"),
    ({"Fn::Select": ["1", ["a", "b"]]}, "b", "b"),
    ({"Fn::Select": [0, {"Fn::Split": ["/", {"Ref": "Images"}]}]}, "shop", "shop"),
    ({"Ref": "Definition"}, "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/web",
     "arn:aws:ecs:eu-west-1:111122223333:task-definition/web"),
    ({"Fn::GetAtt": "Images.RepositoryUri"},
     "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/shop/web",
     "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web"),
    ({"Ref": "Asked"}, "${shop.Asked}", "shop:Asked"),
    ({"Fn::GetAtt": ["Data", "Arn"]}, "arn:${AWS::Partition}:s3:::${shop.Data}", "arn:aws:s3:::data"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "left_open", "filled_in"), FUNCTIONS)
def test_one_resolver_words_what_is_open_in_two_ways(value: Any, left_open: str, filled_in: str) -> None:
    resources = {
        "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "shop/web"}},
        "Definition": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "web"}},
        "Data": {"Type": "AWS::S3::Bucket"},
    }
    read = index(resources, whole=True)
    (stack,) = read.system.stacks
    assert read.text(value, stack) == left_open
    assert Resolver(read.system, Filled("111122223333", "eu-west-1")).text(value, stack) == filled_in


def test_a_key_may_grant_to_a_role_that_its_policy_names_in_writing() -> None:
    def may_decrypt(name: Any) -> bool:
        principal = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/pipeline-tools-role"}}
        policy = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}]}
        one = index(
            {
                "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}},
                "Worker": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name}},
            },
            whole=False,
            Parameters={"Part": {"Type": "String", "Default": "tools"}},
        )
        return one.resource_policies.may_grant(one.roles.all[0], "kms:Decrypt")

    assert may_decrypt({"Fn::Sub": "pipeline-${Part}-role"})
    assert not may_decrypt({"Fn::Sub": "build-${Part}-role"})


def test_a_part_of_what_only_a_deployment_knows_is_not_known() -> None:
    one = index({}, whole=False, Parameters={"Repository": {"Type": "String"}})
    (stack,) = one.system.stacks
    parts = {"Fn::Split": [":", {"Ref": "Repository"}]}
    assert "${" in (one.text({"Fn::Select": [5, parts]}, stack) or "")
    arn = {"Fn::Sub": "arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:shop"}
    assert one.text({"Fn::Select": ["5", {"Fn::Split": [":", arn]}]}, stack) == "shop"
    assert one.text({"Fn::Select": ["3", {"Fn::Split": [":", arn]}]}, stack) == "${AWS::Region}"
