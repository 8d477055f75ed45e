"""The account and region that policies are for, and how names that AWS makes up are written there."""

from dataclasses import dataclass

from system_model.system import Resource
from system_model.wording import Filled

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True)
class Place(Filled):
    """An account and region; what AWS makes up is left open by ``*``."""

    hosted_zone: str = "*"
    """The id of the zone that the domain lies in."""

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        return next((name for begin, name in _PARTITIONS.items() if self.region.startswith(begin)), "aws")

    def pseudo(self, name: str) -> str:
        """Return the value of the account and region."""
        return self.partition if name == "AWS::Partition" else super().pseudo(name)

    def made_up(self, resource: Resource) -> str:
        """Return what every name begins with that CloudFormation makes of a bucket's; all others are random."""
        if resource.type == "AWS::S3::Bucket":
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
            return f"{resource.stack.name}-{resource.logical_id}".lower()[:49] + "*"
        return "*"

    def extended(self, resource: Resource, name: str) -> str:
        """Return the name with all that AWS may put before or behind it."""
        return f"*/{name}" if resource.type == "AWS::ECS::Service" else f"{name}*"

    def filled(self, form: str) -> str:
        """Return an ARN of the Service Authorization Reference up to its first variable, with ``*`` for the rest."""
        for variable, value in (("Partition", self.partition), ("Region", self.region), ("Account", self.account)):
            form = form.replace(f"${{{variable}}}", value)
        return f"{form.partition('${')[0]}{self.hosted_zone if ':hostedzone/' in form else '*'}"
