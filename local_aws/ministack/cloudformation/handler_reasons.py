"""The reason that a stack's event gives when the service behind a resource refuses, in CloudFormation's words."""

import uuid


def handler_reason(message: str, code: str) -> str:
    """Word what a resource handler says; ``code`` is one of its error codes, such as ``AlreadyExists``.

    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
    """
    return f'Resource handler returned message: "{message}" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})'


def service_message(message: str, service: str, status: int) -> str:
    """Word a refusal of a service as the handlers of CloudFormation pass it on."""
    return f"{message} (Service: {service}, Status Code: {status}, Request ID: {uuid.uuid4()})"
