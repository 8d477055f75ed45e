"""Makes what is announced of a pipeline beside its failures: that it is silent, and what is found in its images.

Failed executions are announced by the notification rule. Images are scanned when they are pushed, and with ECR's
enhanced scanning again whenever something new is known: then what runs may have a finding that its release had not.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, Ref, cloudwatch, codepipeline, events

from settings.delivery import SEVERITIES
from settings.project import Project
from settings.service import Service

_DAY = 86_400
_NONE = SEVERITIES[-1]


def watching(
    project: Project, service: Service, pipeline: codepipeline.Pipeline, topic_arn: AWSHelperFn
) -> list[AWSObject]:
    """Make the alarm and the rules that the settings of ``service`` ask for."""
    silent = [_silent_alarm(project, service, pipeline, topic_arn)] if service.alarms.silent_days else []
    least = service.delivered.admission.severity
    return [*silent, *([] if least == _NONE else _findings_rules(service, topic_arn))]


def _silent_alarm(
    project: Project, service: Service, pipeline: codepipeline.Pipeline, topic_arn: AWSHelperFn
) -> cloudwatch.Alarm:
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html
    return cloudwatch.Alarm(
        "SilentAlarm",
        AlarmName=f"{project.application}-{service.name}-silent",
        AlarmDescription=f"The pipeline of {service.name} has ended nothing for {service.alarms.silent_days} days",
        Namespace="AWS/CodePipeline",
        MetricName="PipelineDuration",
        Dimensions=[cloudwatch.MetricDimension(Name="PipelineName", Value=Ref(pipeline))],
        Statistic="SampleCount",
        Period=_DAY,
        EvaluationPeriods=service.alarms.silent_days,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[topic_arn],
        OKActions=[topic_arn],
    )


def _findings_rules(service: Service, topic_arn: AWSHelperFn) -> list[events.Rule]:
    """Announce findings that would end a release: of basic scans, which ECR tells of, and of enhanced ones."""
    severities = SEVERITIES[: SEVERITIES.index(service.delivered.admission.severity) + 1]
    counted = [{severity: [{"numeric": [">", 0]}]} for severity in severities]
    scanned = {
        "repository-name": [service.image_repository],
        "scan-status": ["COMPLETE"],
        "finding-severity-counts": counted[0] if len(counted) == 1 else {"$or": counted},
    }
    found = {
        "status": ["ACTIVE"],
        "severity": list(severities),
        "resources": {"details": {"awsEcrContainerImage": {"repositoryName": [service.image_repository]}}},
    }
    told = "ECR's scan of <image> in <repository> has findings: <counts>"
    parts = {"image": "image-digest", "repository": "repository-name", "counts": "finding-severity-counts"}
    return [
        _rule("ScanFindingsRule", ("aws.ecr", "ECR Image Scan"), scanned, _message(told, parts), topic_arn),
        _rule(
            "InspectorFindingsRule",
            ("aws.inspector2", "Inspector2 Finding"),
            found,
            _message(
                f"New in an image of {service.name}: <severity>, <title>", {"severity": "severity", "title": "title"}
            ),
            topic_arn,
        ),
    ]


def _message(text: str, parts: dict[str, str]) -> events.InputTransformer:
    """Return what is sent in place of the event; ``parts`` are the fields of its detail that ``text`` names."""
    paths = {name: f"$.detail.{field}" for name, field in parts.items()}
    return events.InputTransformer(InputPathsMap=paths, InputTemplate=f'"{text}"')


def _rule(
    title: str, about: tuple[str, str], detail: dict[str, Any], message: events.InputTransformer, topic_arn: AWSHelperFn
) -> events.Rule:
    source, kind = about
    return events.Rule(
        title,
        Description="Announces findings in images of the service",
        EventPattern={"source": [source], "detail-type": [kind], "detail": detail},
        Targets=[events.Target(Id="topic", Arn=topic_arn, InputTransformer=message)],
    )
