"""Policies as rules read them: who bears them, what a statement names, whatever stands in the template."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from cfnlint.template.template import Template
from hypothesis import given, settings
from hypothesis import strategies as st

from lint_rules.iam.named_resources import ResourceNoArn
from lint_rules.model.policy import PLACES, documents, given_to, statements
from lint_rules.model.template import View, views
from system_model.patterns import WITHIN, opened, overlap

READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}


def view(resources: Any) -> View:
    (one,) = views(Template("t.yaml", {"Resources": resources}, ["us-east-1"]), *PLACES)
    return one


def role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}


def test_a_statement_is_read_with_its_place() -> None:
    inline = {"PolicyName": "read", "PolicyDocument": {"Statement": [READ]}}
    (trust, own) = documents(view({"Role": role(Policies=[inline])}))
    (statement,) = own.statements
    assert (trust.kind, own.kind, own.bearer.logical_id) == ("trust", "identity", "Role")
    assert statement.node.path == ("Resources", "Role", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0)
    assert statement.allows
    assert statement.action("s3:GETObject") is not None
    assert statement.action("s3:PutObject") is None
    assert [one.pattern for one in statement.resources] == ["${Bucket.Arn}/*"]
    assert trust.statements[0].services == {"lambda.amazonaws.com"}


def test_a_policy_given_as_text_lies_at_the_text() -> None:
    (document,) = documents(
        view({"Logs": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": json.dumps(TRUST)}}})
    )
    (statement,) = document.statements
    assert statement.actions[0].pattern == "sts:AssumeRole"
    assert statement.actions[0].node.path == ("Resources", "Logs", "Properties", "PolicyDocument")


def test_a_role_has_the_policies_that_name_it() -> None:
    policy = {"Statement": [READ]}
    template = view(
        {
            "Role": role(RoleName="reader", ManagedPolicyArns=[{"Ref": "Managed"}]),
            "ByReference": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"PolicyDocument": policy, "Roles": [{"Ref": "Role"}]},
            },
            "ByName": {"Type": "AWS::IAM::RolePolicy", "Properties": {"PolicyDocument": policy, "RoleName": "reader"}},
            "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}},
            "Another": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": policy, "Roles": ["writer"]}},
        }
    )
    found = given_to(template, template.all_resources["Role"])
    assert [one.bearer.logical_id for one in found] == ["ByReference", "ByName", "Managed"]


def test_conditions_are_read() -> None:
    block = {
        "ForAnyValue:StringLikeIfExists": {"aws:PrincipalTag/team": ["a", "b"]},
        "Bool": {"aws:SecureTransport": True},
    }
    policy = {"Statement": {**READ, "Condition": block}}
    (statement,) = statements(
        view({"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}})
    )
    first, second = statement.conditions
    assert (first.base_operator, first.key, [value.text for value in first.values]) == (
        "StringLike",
        "aws:PrincipalTag/team",
        ["a", "b"],
    )
    assert statement.condition("AWS:securetransport") == second
    assert statement.is_conditional


SCRAPS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["*", "arn:aws:s3:::b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                    "Condition",
                    "Principal",
                    "Fn::Sub",
                    "Fn::If",
                    "Ref",
                    "PolicyDocument",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(sorted(PLACES)), SCRAPS)
@settings(max_examples=200, deadline=None)
def test_whatever_stands_there_is_read(kind: str, scrap: Any) -> None:
    properties = {keys[0]: scrap for _kind, keys in PLACES[kind]}
    properties |= {"Policies": [scrap, {"PolicyDocument": scrap}], "Roles": scrap, "ManagedPolicyArns": scrap}
    template = view({"One": {"Type": kind, "Properties": properties}, "Two": {"Type": kind, "Properties": scrap}})
    for document in given_to(template, template.all_resources["One"]):
        _ = document.version
    for one in statements(template):
        _ = (one.sid, one.allows, one.denies, one.action("s3:GetObject"), one.resources, one.services)
        _ = (one.condition("aws:SourceArn"), one.is_conditional, [principal.is_anyone for principal in one.principals])


def _texts() -> Iterator[str]:
    return (a + b + c for a in ("", "a", "b", "/") for b in ("", "a", "b", "/") for c in ("", "a", "b", "/"))


@given(st.text("ab/*?", max_size=4), st.text(f"ab/*{WITHIN}", max_size=4))
def test_patterns_overlap_when_a_text_fits_both(left: str, right: str) -> None:
    within = right.replace(WITHIN, "*")
    common = [text for text in _texts() if fnmatchcase(text, left) and fnmatchcase(text, within)]
    if WITHIN not in right and common:
        assert overlap(left, right)
    if not overlap(left, right):
        assert overlap(right, left) is False
        assert WITHIN in right or not common


def test_a_segment_ends_at_its_separator() -> None:
    assert overlap("arn:aws:s3:::bucket", f"arn:*:s3:::{WITHIN}")
    assert not overlap("arn:aws:s3:::bucket/key", f"arn:*:s3:::{WITHIN}")
    assert not overlap(f"arn:aws:s3:::{WITHIN}", "arn:*:s3:::*/*")
    assert overlap(opened("${Bucket.Arn}"), "arn:*:s3:::*/*")
    assert not overlap(opened("arn:${AWS::Partition}:s3:::${Name}"), f"arn:{WITHIN}:ecr:*")


def test_who_refuses_a_name_for_an_arn_is_who_reads_the_policy() -> None:
    by_name = {
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": {"Ref": "Data"}}]
    }
    bearers = {
        "IAM refuses it": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": by_name}},
        "S3 refuses it": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": by_name}},
        "as a Resource must be": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"PolicyDocument": by_name}},
    }
    for told, bearer in bearers.items():
        (fault,) = ResourceNoArn().faults(view({"Data": {"Type": "AWS::S3::Bucket"}, "Policy": bearer}))
        assert told in fault.message
