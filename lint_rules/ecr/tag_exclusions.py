from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

_MOST_FILTERS, _MOST_WILDCARDS = 5, 2


class TagExclusions(ResourceRule):
    """Tags that are exempt from a mutability that has no exemptions, or the reverse."""

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
