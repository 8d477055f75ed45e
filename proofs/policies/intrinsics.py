"""What a template's values come to: as a person reads them, and with every name filled in.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
Value = Any

ACCOUNT = "000000000000"
REGION = "ca-central-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": "",
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_VARIABLE = re.compile(r"\$\{([^}!][^}]*)\}")
_PLACE = f"{REGION}:{ACCOUNT}"
_ARNS = {
    "AWS::CodeBuild::Project": f"arn:aws:codebuild:{_PLACE}:project/{{name}}",
    "AWS::CodeConnections::Connection": f"arn:aws:codeconnections:{_PLACE}:connection/{{name}}",
    "AWS::ECR::Repository": f"arn:aws:ecr:{_PLACE}:repository/{{name}}",
    "AWS::ECS::Cluster": f"arn:aws:ecs:{_PLACE}:cluster/{{name}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{name}}",
    "AWS::KMS::Key": f"arn:aws:kms:{_PLACE}:key/{{name}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_PLACE}:log-group:{{name}}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SNS::Topic": f"arn:aws:sns:{_PLACE}:{{name}}",
}
"""ARNs by type of resource; of others the type's own words are made into one."""
_REFERRED_TO_BY_ARN = ("AWS::CodeConnections::Connection", "AWS::SNS::Topic")
_NAMES = ("Name", "BucketName", "ClusterName", "LogGroupName", "RepositoryName", "RoleName", "TopicName")


def shown(value: Value) -> str:
    """Give a value as a person reads it: references by name, ``stack:Export`` for what is imported."""
    if not isinstance(value, dict) or len(value) != 1:
        return str(value)
    ((function, given),) = value.items()
    if function == "Fn::Join":
        return str(given[0]).join(map(shown, given[1]))
    if function == "Fn::Sub":
        return str(given if isinstance(given, str) else given[0])
    if function == "Fn::GetAtt":
        return given if isinstance(given, str) else ".".join(given)
    return str(given)


@dataclass(frozen=True)
class Names:
    """Fills names in, for all stacks of one build; what AWS makes up is called by its logical id."""

    templates: Mapping[str, Template]

    def resolved(self, stack: str, value: Value) -> Value:
        """Give ``value`` of a stack's template with no function left in it."""
        if isinstance(value, list):
            return [self.resolved(stack, each) for each in value if each != {"Ref": "AWS::NoValue"}]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, given),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._called(stack, function, given)
        return {key: self.resolved(stack, each) for key, each in value.items()}

    def _called(self, stack: str, function: str, given: Value) -> Value:
        if function == "Ref":
            return self._reference(stack, given)
        if function == "Fn::GetAtt":
            name, _, attribute = (given if isinstance(given, str) else ".".join(given)).partition(".")
            return self._attribute(stack, name, attribute)
        if function == "Fn::Join":
            return str(self.resolved(stack, given[0])).join(map(str, self.resolved(stack, given[1])))
        if function == "Fn::Sub":
            text, more = (given, {}) if isinstance(given, str) else given
            filled_in = _VARIABLE.sub(lambda found: str(self._variable(stack, found[1], more)), text)
            return filled_in.replace("${!", "${")
        if function == "Fn::ImportValue":
            return self._imported(str(self.resolved(stack, given)))
        return f"{function.removeprefix('Fn::')}-of-{stack}"

    def _variable(self, stack: str, name: str, more: Mapping[str, Value]) -> Value:
        if name in more:
            return self.resolved(stack, more[name])
        resource, _, attribute = name.partition(".")
        return self._attribute(stack, resource, attribute) if attribute else self._reference(stack, name)

    def _reference(self, stack: str, name: str) -> Value:
        if name in PSEUDO:
            return PSEUDO[name]
        resource = self.templates[stack].get("Resources", {}).get(name)
        if resource is None:
            return f"{stack}:{name}"
        by_arn = resource["Type"] in _REFERRED_TO_BY_ARN
        return self._arn(stack, name) if by_arn else self._name(stack, name)

    def _attribute(self, stack: str, name: str, attribute: str) -> Value:
        is_arn = attribute == "Arn" or attribute.endswith("Arn")
        return self._arn(stack, name) if is_arn else f"{self._name(stack, name)}.{attribute}"

    def _imported(self, name: str) -> Value:
        for stack, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                if name == self.resolved(stack, output.get("Export", {}).get("Name")):
                    return self.resolved(stack, output["Value"])
        return name

    def _arn(self, stack: str, name: str) -> str:
        kind = self.templates[stack]["Resources"][name]["Type"]
        _, service, thing = kind.lower().split("::")
        pattern = _ARNS.get(kind, f"arn:aws:{service}:{_PLACE}:{thing}/{{name}}")
        return pattern.format(name=self._name(stack, name))

    def _name(self, stack: str, name: str) -> str:
        resource = self.templates[stack]["Resources"][name]
        properties = resource.get("Properties", {})
        given = next((properties[key] for key in _NAMES if key in properties), None)
        if given is not None:
            return str(self.resolved(stack, given))
        return name.lower() if resource["Type"] == "AWS::S3::Bucket" else name
