"""Properties of repositories."""

from collections.abc import Iterator

from lint_rules.model.policy import statements
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View

_MOST_FILTERS, _MOST_WILDCARDS = 5, 2


class TagExclusions(ResourceRule):
    id = "E9402"
    shortdesc = "Exclusion filters and a mutability with exclusions go together"
    description = (
        "CreateRepository refuses IMMUTABLE_WITH_EXCLUSION and MUTABLE_WITH_EXCLUSION without filters, "
        "filters without one of the two, more than five filters, and a filter with more than two wildcards."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html"
    types = ("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate")

    def faults_of(self, repository: Resource) -> Iterator[Fault]:
        mutability, filters = repository["ImageTagMutability"], repository["ImageTagMutabilityExclusionFilters"]
        exempts = (mutability.text or "").endswith("_WITH_EXCLUSION")
        if exempts and (filters.absent or filters.value == []):
            yield fault(mutability, f"{mutability.text} needs ImageTagMutabilityExclusionFilters. Add them.")
        if filters.items and (mutability.absent or (mutability.text is not None and not exempts)):
            yield fault(filters, "The filters need ImageTagMutability IMMUTABLE_WITH_EXCLUSION. Set it, or drop them.")
        if len(filters.items) > _MOST_FILTERS:
            yield fault(
                filters, f"A repository takes {_MOST_FILTERS} filters, here are {len(filters.items)}. Join some."
            )
        for one in filters.items:
            value = one["ImageTagMutabilityExclusionFilterValue"]
            if value.text is not None and value.text.count("*") > _MOST_WILDCARDS:
                yield fault(value, f"{value.text} has more than {_MOST_WILDCARDS} wildcards. Use fewer.")


class KeyWithoutEncryption(ResourceRule):
    id = "E9403"
    shortdesc = "A repository's key needs the encryption type KMS"
    description = "CreateRepository refuses a key together with EncryptionType AES256."
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html"
    types = ("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate")

    def faults_of(self, repository: Resource) -> Iterator[Fault]:
        encryption = repository["EncryptionConfiguration"]
        if encryption["EncryptionType"].text == "AES256" and encryption["KmsKey"].present:
            yield fault(encryption["KmsKey"], "AES256 takes no key. Set EncryptionType to KMS, or drop KmsKey.")


_REPOSITORY = "AWS::ECR::Repository"


class PolicyWithResource(Rule):
    id = "E9404"
    shortdesc = "A repository's policy names no resource"
    description = (
        "The policy hangs on its repository, and is about that one alone: ECR refuses a statement with a Resource "
        "(Invalid repository policy provided)."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html"
    types = (_REPOSITORY,)

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "resource"):
            for name in ("Resource", "NotResource") if statement.document.bearer.type == _REPOSITORY else ():
                if statement.node[name].present:
                    yield fault(statement.node[name], f"The policy of a repository takes no {name}. Leave it out.")
