"""What whoever deploys must be allowed: on the names of the templates, and in policies that IAM takes."""

import json

import pytest

from aws_facts.registry_schemas import actions_of_type
from proofs.deployer import behind_stacks, observed
from proofs.deployer.documents import policies, statements, together
from proofs.deployer.place import Place
from proofs.policies.build import read_templates
from settings.root import BUILD

PLACE = Place("480219365571", "eu-west-1", "Z123")
WHERE = "eu-west-1:480219365571"


@pytest.fixture(scope="module")
def behind() -> behind_stacks.Needed:
    return behind_stacks.needed(read_templates(BUILD), PLACE)


@pytest.mark.parametrize(
    ("action", "resources"),
    [
        ("ecr:CreateRepository", {f"arn:aws:ecr:{WHERE}:repository/backend-flask"}),
        ("ecs:CreateCluster", {f"arn:aws:ecs:{WHERE}:cluster/cruddur"}),
        ("codepipeline:CreatePipeline", {f"arn:aws:codepipeline:{WHERE}:cruddur-backend-fargate"}),
        ("route53:ChangeResourceRecordSets", {"arn:aws:route53:::hostedzone/Z123"}),
        ("ec2:DeleteVpc", {f"arn:aws:ec2:{WHERE}:vpc/*"}),
        ("ec2:DescribeVpcs", {"*"}),
        ("iam:CreateServiceLinkedRole", {"arn:aws:iam::480219365571:role/aws-service-role/*"}),
    ],
)
def test_an_action_is_on_what_the_templates_name(
    behind: behind_stacks.Needed, action: str, resources: set[str]
) -> None:
    assert behind[action] == resources


def test_roles_and_buckets_are_those_of_the_templates_alone(behind: behind_stacks.Needed) -> None:
    assert all(one.startswith("arn:aws:iam::480219365571:role/cruddur-") for one in behind["iam:PassRole"])
    assert all(one.startswith("arn:aws:s3:::cruddur-foundation-") for one in behind["s3:DeleteBucket"])
    assert "codebuild:CreateProject" in behind
    assert not [action for action in behind if action.startswith(("s3tables:", "acm-pca:"))]


def test_a_type_that_the_registry_does_not_know_has_no_actions() -> None:
    assert actions_of_type("AWS::No::Type", "eu-west-1") == frozenset()


def test_each_policy_is_as_long_as_iam_takes_it_and_nothing_is_lost(behind: behind_stacks.Needed) -> None:
    manifest = json.loads((BUILD / "manifest.json").read_bytes())
    needed = together([behind, observed.needed(manifest, PLACE)])

    made = policies(statements(needed, ["ecs-tasks"]))

    assert len(made) > 1
    assert all(len(json.dumps(one, separators=(",", ":"))) <= 6144 for one in made)
    every = [statement for one in made for statement in one["Statement"]]
    assert sorted(action for one in every for action in one["Action"]) == sorted(needed)
    assert len({one["Sid"] for one in every}) == len(every)
    (passing,) = [one for one in every if one["Action"] == ["iam:PassRole"]]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}}


def test_what_another_one_stands_for_is_left_out() -> None:
    made = statements({"iam:GetRole": {"arn:x:role/*", "arn:x:role/a", "arn:x:user/b"}}, [])
    assert made[0]["Resource"] == ["arn:x:role/*", "arn:x:user/b"]
