"""Where artifacts lie, and under which key."""

import re
from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.structure import PIPELINE, Pipeline, PipelineRule, is_list, is_plain, pipelines
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

BUCKET = re.compile(r"[a-zA-Z0-9\-.]{3,63}")


class ArtifactStore(PipelineRule):
    id = "E9137"
    shortdesc = "An artifact store must be the name of a bucket, and its key one of KMS"
    description = (
        "CreatePipeline refuses a location that is not the plain name of a bucket, and any type of key but KMS. "
        "The artifacts are put into a folder of the pipeline's name by itself."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
        for store in stores:
            location, key = store["Location"], store["EncryptionKey"]["Type"]
            name = location.text
            if name is not None and "{{resolve:" not in name and not BUCKET.fullmatch(name):
                yield fault(location, f"{name} is not a valid bucket name. Give the name alone, without a folder.")
            if key.text not in {None, "KMS"}:
                yield fault(key, f"A key of type {key.text} can't be used. Set Type to KMS.")


class StoreOfRegion(PipelineRule):
    id = "E9138"
    shortdesc = "There must be an artifact store in the region of each action"
    description = (
        "An action in another region than the pipeline's reads its artifacts from a bucket there. CreatePipeline "
        "refuses it without an entry for that region in ArtifactStores."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        stores = [one["Region"].text for one in pipeline["ArtifactStores"].items]
        regions: dict[str, Node] = {}
        for action in pipeline.actions:
            text = action["Region"].text
            if text and text not in stores:
                regions.setdefault(text, action["Region"])
        if len(regions) > _unknown(pipeline, stores):
            for text, region in regions.items():
                yield fault(region, f"There is no artifact store in {text}. Add one to ArtifactStores.")


def _unknown(pipeline: Pipeline, stores: Sequence[str | None]) -> float:
    """Return the number of regions that may have a store: the pipeline's own, or those that are not known yet."""
    if pipeline["ArtifactStores"].absent:
        return 1
    return stores.count(None) if is_list(pipeline["ArtifactStores"]) else float("inf")


ADVICE = "Set EncryptionKey of the artifact store to a KMS key that the account may use."
_ARN = re.compile(r"arn:[^:]+:iam::([0-9]{12}|\$\{AWS::AccountId\}):")


class KeyAcrossAccounts(PipelineRule):
    id = "W9139"
    shortdesc = "A pipeline with actions in another account needs a key of its own for the artifacts"
    description = (
        "Without an EncryptionKey the artifacts are encrypted with the key that AWS manages, which no other "
        "account can use: an action with a role of another account is denied in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
        own = account_of(pipeline["RoleArn"])
        for action in pipeline.actions if all(one["EncryptionKey"].absent for one in stores) else ():
            other = account_of(action["RoleArn"])
            if own and other and own != other and is_plain(pipeline.resource.properties):
                yield fault(action["RoleArn"], f"{action.name} runs in account {other}, without a key for it. {ADVICE}")


def account_of(role: Node) -> str:
    """Return the account of a role, that of the stack for a role of the template; empty if it is not known."""
    if role.attribute is not None:
        return "${AWS::AccountId}"
    found = _ARN.match(role.pattern or "")
    return found[1] if found else ""


class KeyAliasAcrossAccounts(Rule):
    id = "E9154"
    shortdesc = "A key that actions of another account use is named by its ARN, not by an alias"
    description = (
        "An alias is known in the account of its key alone. An action with a role of another account can't find the "
        "key by it, and fails in every execution; there the key is named by its ARN."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EncryptionKey.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            own = account_of(pipeline["RoleArn"])
            others = {other for action in pipeline.actions if (other := account_of(action["RoleArn"])) and other != own}
            stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
            for store in stores if own and others else ():
                key = store["EncryptionKey"]["Id"]
                if "alias/aws/" in (key.pattern or ""):
                    sentence = f"This is a key of AWS's own, which account {min(others)} can't use."
                    yield fault(key, f"{sentence} Name a key of yours by its ARN.")
                elif _is_alias(template, key):
                    yield fault(
                        key,
                        f"The key is named by an alias, which account {min(others)} does not know. Name it by its ARN.",
                    )


def _is_alias(template: View, key: Node) -> bool:
    named = key.pattern or ""
    return named.startswith("alias/") or ":alias/" in named or template.referred(key, "AWS::KMS::Alias") is not None
