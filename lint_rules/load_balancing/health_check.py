import re
from collections.abc import Iterator

from lint_rules.ecs.service import TARGET_GROUP
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

_INTERVAL = 30
_CODES = re.compile(r"[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*")


class HealthCheck(ResourceRule):
    """A health check of targets that is refused."""

    id = "E9521"
    shortdesc = "A health check has time to answer, a path and codes"
    description = (
        "CreateTargetGroup refuses a timeout that is not shorter than the interval of HTTP, a path that does not "
        "begin with a slash, codes that HTTP does not have, and targets other than functions that are not "
        "checked."
    )
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"
    types = (TARGET_GROUP,)

    def faults_of(self, group: Resource) -> Iterator[Fault]:
        interval, timeout, path = (
            group[f"HealthCheck{name}"] for name in ("IntervalSeconds", "TimeoutSeconds", "Path")
        )
        longest = _INTERVAL if interval.absent and group["TargetType"].text != "lambda" else interval.number
        by_request = group["Protocol"].text in {"HTTP", "HTTPS"}
        if by_request and timeout.number is not None and longest is not None and timeout.number >= longest:
            yield fault(
                timeout, f"The timeout of {timeout.number} s is not shorter than the interval of {longest} s. Lower it."
            )
        if path.pattern is not None and not path.pattern.startswith(("/", "${")):
            yield fault(path, f"The path {path.pattern} does not begin with a slash. Add it.")
        codes = group["Matcher"]["HttpCode"]
        if codes.text is not None and not _CODES.fullmatch(codes.text):
            yield fault(codes, f"{codes.text} names no HTTP codes. Write 200, 200,302 or 200-299.")
        checked, kind = group["HealthCheckEnabled"], group["TargetType"]
        if checked.flag is False and (kind.absent or kind.text in {"ip", "instance", "alb"}):
            yield fault(checked, "Only functions may go unchecked. Leave HealthCheckEnabled out.")
