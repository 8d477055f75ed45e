"""Puts the same tags on every resource that takes any, so that costs and owners can be found in the account."""

from collections.abc import Iterable

from troposphere import AWSObject, Tags

from templates_src.logical_ids import kebab

NAMED_BY_TAG = "AWS::EC2::"
"""What the EC2 console lists has no name but its tag ``Name``."""


def tag(resources: Iterable[AWSObject], application: str) -> None:
    """Tag each of ``resources`` that has a property for it, unless its module did."""
    for resource in resources:
        if "Tags" not in resource.props or "Tags" in resource.properties:
            continue
        tags = {"application": application}
        if str(resource.resource_type).startswith(NAMED_BY_TAG):
            tags["Name"] = f"{application}-{kebab(str(resource.title))}"
        # Some services take a map of tags, most take a list of pairs.
        resource.Tags = tags if resource.props["Tags"][0] is dict else Tags(**tags)
