from collections.abc import Iterator

from lint_rules.ecr.lifecycle import mistakes
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class LifecycleText(ResourceRule):
    """A lifecycle policy that the registry refuses."""

    id = "E9401"
    shortdesc = "A lifecycle policy is valid JSON with valid rules"
    description = (
        "The policy is a text inside the template. PutLifecyclePolicy refuses one that is not JSON, whose "
        "rules share a priority, or whose selections lack what their kind needs."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"
    types = ("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate")

    def faults_of(self, repository: Resource) -> Iterator[Fault]:
        text = repository["LifecyclePolicy"]
        text = text["LifecyclePolicyText"] if text["LifecyclePolicyText"].present else text
        if text.text is not None:
            for mistake in mistakes(text.text):
                yield fault(text, f"The lifecycle policy is refused: {mistake}")
