"""Subscriptions that SNS refuses: of no topic, by no protocol, to an endpoint that is none of the protocol's.

https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from ministack.services import sns

from local_aws.ministack.cloudformation.handler_reasons import handler_reason, service_message
from local_aws.ministack.cloudformation.stacks import Properties, before_creation

_ENDPOINTS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "http": (re.compile(r"http://.+"), "Invalid parameter: Endpoint must match the specified protocol"),
    "https": (re.compile(r"https://.+"), "Invalid parameter: Endpoint must match the specified protocol"),
    "email": (re.compile(r"\A[^@\s]+@[^@\s]+"), "Invalid parameter: Email address"),
    "email-json": (re.compile(r"\A[^@\s]+@[^@\s]+"), "Invalid parameter: Email address"),
    "sms": (
        re.compile(r"\+?[0-9 ()-]+"),
        "Invalid parameter: Invalid parameter: Endpoint Reason: Invalid SMS endpoint",
    ),
    "sqs": (re.compile(r"arn:[^:]+:sqs:.+"), "Invalid parameter: SQS endpoint ARN"),
    "application": (re.compile(r"arn:[^:]+:sns:.+"), "Invalid parameter: Application endpoint arn invalid"),
    "lambda": (re.compile(r"arn:[^:]+:lambda:.+"), "Invalid parameter: Lambda endpoint ARN"),
    "firehose": (re.compile(r"arn:[^:]+:firehose:.+"), "Invalid parameter: Firehose endpoint ARN"),
}
"""By protocol: the endpoints that it takes, and what SNS says of any other."""


def refuse_bad_subscriptions() -> None:
    """Have stacks make no subscription that SNS would refuse."""
    before_creation("AWS::SNS::Subscription", _check)
    before_creation("AWS::SNS::Topic", _check_of_topic)


def _check(properties: Properties) -> None:
    if properties.get("TopicArn", "") not in sns._topics:
        raise _refused("Topic does not exist", HTTPStatus.NOT_FOUND, "NotFound")
    _check_endpoint(properties)


def _check_of_topic(properties: Properties) -> None:
    for subscription in properties.get("Subscription") or []:
        _check_endpoint(subscription)


def _check_endpoint(subscription: Properties) -> None:
    protocol, endpoint = str(subscription.get("Protocol", "")), str(subscription.get("Endpoint", ""))
    if protocol not in _ENDPOINTS:
        sentence = f"Invalid parameter: Does not support this protocol string: {protocol}"
        raise _refused(sentence, HTTPStatus.BAD_REQUEST, "InvalidRequest")
    pattern, sentence = _ENDPOINTS[protocol]
    if not pattern.fullmatch(endpoint):
        raise _refused(sentence, HTTPStatus.BAD_REQUEST, "InvalidRequest")


def _refused(sentence: str, status: int, code: str) -> ValueError:
    return ValueError(handler_reason(service_message(sentence, "Sns", status), code))
