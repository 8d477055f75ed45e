"""What a project has around its builds: network, logs, key, the public."""

import re
from collections.abc import Iterator

from lint_rules.codebuild.project import LAMBDA, PROJECT, ProjectRule, environment_type, projects
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View


class IncompleteNetwork(ProjectRule):
    id = "E9216"
    shortdesc = "A network needs its VPC, subnets and security groups"
    description = (
        "CreateProject refuses a VpcConfig that lacks one of VpcId, Subnets and SecurityGroupIds. File "
        "systems are reached through it, and only by privileged builds."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        network = project["VpcConfig"]
        if network.present and not network.function and network.value != {}:
            for name in ("VpcId", "Subnets", "SecurityGroupIds"):
                if network[name].absent or network[name].value == []:
                    yield fault(network[name], f"VpcConfig lacks {name}. Add it, or leave VpcConfig out.")
        if project["FileSystemLocations"].items and environment_type(project) not in LAMBDA:
            if network.absent:
                yield fault(project["FileSystemLocations"], "A file system is reached through a VPC. Add VpcConfig.")
            privileged = project["Environment"]["PrivilegedMode"]
            if privileged.absent or privileged.flag is False:
                yield fault(
                    project["FileSystemLocations"],
                    "Only privileged builds mount file systems. Set PrivilegedMode to true.",
                )


class LogDestination(ProjectRule):
    id = "E9220"
    shortdesc = "Logs need a bucket that is named, or a group by its name"
    description = (
        "CodeBuild refuses logs in S3 without a bucket. In CloudWatch Logs it takes the name of a group: the "
        "ARN that GetAtt returns is not a name."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsConfig.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        bucket, group = project["LogsConfig"]["S3Logs"], project["LogsConfig"]["CloudWatchLogs"]["GroupName"]
        if bucket["Status"].text == "ENABLED" and bucket["Location"].absent:
            yield fault(bucket, "Logs in S3 need a Location: a bucket, or bucket/prefix. Add it.")
        if (group.pattern or "").startswith("arn:") or (group.attribute or ("", ""))[1] == "Arn":
            yield fault(group, "GroupName is the name of a log group, not its ARN. Use Ref in place of GetAtt.")


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")


class KeyById(Rule):
    id = "W9221"
    shortdesc = "A project's key is named by its ARN or an alias"
    description = (
        "EncryptionKey is the ARN of a key, or alias/NAME. The id, which Ref returns, is neither, and is looked "
        "for in no other account."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html#CodeBuild-CreateProject-request-encryptionKey"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        for project in projects(template):
            key = project["EncryptionKey"]
            referred = template.all_resources.get(key.target or "") if key.function == "Ref" else None
            is_id = bool(_ID.fullmatch(key.text or ""))
            if is_id or (referred is not None and referred.type == "AWS::KMS::Key"):
                yield fault(key, "EncryptionKey is the ARN of a key, or alias/NAME, not its id. Use GetAtt of Arn.")


class PublicBuildsWithoutRole(ProjectRule):
    id = "W9217"
    shortdesc = "Public builds need a role that reads their logs"
    description = (
        "CodeBuild shows logs and artifacts of public builds with the rights of ResourceAccessRole. Without "
        "it the public page of a build has neither."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/public-builds.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        if project["Visibility"].text == "PUBLIC_READ" and project["ResourceAccessRole"].absent:
            yield fault(project["Visibility"], "The builds are public, their logs are not. Add ResourceAccessRole.")
