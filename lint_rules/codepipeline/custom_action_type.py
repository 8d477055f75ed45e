from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

CUSTOM = "AWS::CodePipeline::CustomActionType"
MOST_ARTIFACTS, MOST_PROPERTIES = 5, 10


class CustomActionType(ResourceRule):
    """Action types of one's own that CodePipeline refuses."""

    id = "E9150"
    shortdesc = "A custom action type must take 0 to 5 artifacts, and have at most ten properties and one to be queried"
    description = (
        "CreateCustomActionType refuses a least number of artifacts above the greatest or out of 0 to 5, more "
        "than ten configuration properties, more than one that can be queried, and one that can be queried and is "
        "optional or secret."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreateCustomActionType.html"
    types = (CUSTOM,)

    def faults_of(self, custom: Resource) -> Iterator[Fault]:
        for name in ("InputArtifactDetails", "OutputArtifactDetails"):
            least, greatest = custom[name]["MinimumCount"].number, custom[name]["MaximumCount"].number
            if least is not None and greatest is not None and not 0 <= least <= greatest <= MOST_ARTIFACTS:
                yield fault(
                    custom[name], f"{least} to {greatest} artifacts. Allowed: 0 to {MOST_ARTIFACTS}, least first."
                )
        properties = custom["ConfigurationProperties"].items
        for one in properties[MOST_PROPERTIES:]:
            yield fault(one, f"An action type has at most {MOST_PROPERTIES} properties. Take some out.")
        queried = [one for one in properties if one["Queryable"].flag]
        for one in queried[1:]:
            yield fault(one["Queryable"], "Only one property can be queried. Set Queryable to false.")
        for one in queried[:1]:
            if one["Required"].flag is False or one["Secret"].flag:
                yield fault(one, "A property that is queried is Required and not Secret. Change these, or Queryable.")
