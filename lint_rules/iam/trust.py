"""Who may take a role, by which call, and for whom a service may do so."""

from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_ASSUME = "sts:AssumeRole"
_WITH_TOKEN = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


class TrustAction(PolicyRule):
    id = "E9321"
    shortdesc = "A trust policy is about taking on the role"
    description = (
        "IAM refuses a trust policy with actions other than those of STS (AssumeRole policy may only specify STS "
        "AssumeRole actions). A federated user comes with a token and takes a role on by "
        "sts:AssumeRoleWithWebIdentity or sts:AssumeRoleWithSAML, never by sts:AssumeRole; services and roles the "
        "other way round."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust"):
            for action in statement.actions:
                if action.service not in {"sts", "*", ""}:
                    sentence = (
                        f"{action.pattern} takes on no role, and IAM refuses it here. Write {_fitting(statement)}."
                    )
                    yield fault(action.node, sentence)
            yield from _by_the_wrong_call(statement)


def _by_the_wrong_call(statement: Statement) -> Iterator[Fault]:
    kinds = {one.kind for one in statement.principals}
    named = {one.pattern for one in statement.actions if one.service == "sts" and not one.is_wild}
    taking = {one for one in named if one in {_ASSUME, *_WITH_TOKEN}}
    wrong = (kinds == {"Federated"} and taking == {_ASSUME}) or (kinds == {"Service"} and taking <= set(_WITH_TOKEN))
    if statement.allows and taking and wrong:
        (first, *_) = (one for one in statement.actions if one.pattern in taking)
        who = "A federated user" if kinds == {"Federated"} else "A service"
        yield fault(first.node, f"{who} cannot take on a role by {first.pattern}. Write {_fitting(statement)}.")


def _fitting(statement: Statement) -> str:
    federated = [one.node.pattern or "" for one in statement.principals if one.kind == "Federated"]
    if not federated:
        return _ASSUME
    return _WITH_TOKEN[any("saml-provider" in name for name in federated)]


class TrustWithoutSource(PolicyRule):
    id = "I9307"
    shortdesc = "A role says for which account a service takes it on"
    description = (
        "Some services say in aws:SourceAccount and aws:SourceArn for whom they take on a role. A trust policy that "
        "asks for it cannot be used on behalf of another account's resource (the confused deputy)."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust"):
            if not statement.allows or statement.is_conditional:
                continue
            for principal in statement.principals:
                page = facts("confused_deputy")["trust"].get(principal.node.pattern)
                if principal.kind == "Service" and page:
                    yield fault(
                        principal.node,
                        f"{principal.node.pattern} takes the role on without saying for whom. Add a condition on "
                        f"aws:SourceAccount, or on aws:SourceArn ({page}).",
                    )


_BEARERS = {"AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"}


class ServiceWithoutSource(PolicyRule):
    id = "W9308"
    shortdesc = "A service is allowed only on behalf of known resources"
    description = (
        "A policy that names only a service allows it on behalf of every customer of AWS: anyone's topic can "
        "fill the queue, anyone's trail the bucket. The services listed say in aws:SourceArn or aws:SourceAccount "
        "whom they act for."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "resource"):
            if statement.document.bearer.type not in _BEARERS or not statement.allows or statement.is_conditional:
                continue
            for principal in statement.principals:
                page = facts("confused_deputy")["resource"].get(principal.node.pattern)
                if principal.kind == "Service" and page:
                    yield fault(
                        principal.node,
                        f"{principal.node.pattern} is allowed on behalf of any account. Add a condition on "
                        f"aws:SourceArn or aws:SourceAccount ({page}).",
                    )
