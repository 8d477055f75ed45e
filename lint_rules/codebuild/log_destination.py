from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class LogDestination(ProjectRule):
    """Logs that are sent nowhere."""

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
