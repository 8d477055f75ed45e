"""An AWS service assuming a role, with the role's trust policy checked for that very service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from local_aws.iam.trace import Step, taking
from local_aws.ministack.iam import decisions, identity
from local_aws.platform.context import Credentials
from local_aws.platform.service import ServiceError

_SECONDS = 12 * 60 * 60
"""As long as the longest pipeline action may run; AWS's services renew what they hold."""

_LONGEST_SESSION_NAME = 64

_TAKING = Step("a service takes its role", "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html")


def assume_role_as_service(
    *,
    service: str,
    role_arn: str,
    source_arn: str,
    session_name: str,
    execution_id: str = "",
    seconds: int = _SECONDS,
) -> Credentials:
    """Give temporary credentials of ``role_arn`` to a service, such as ``codebuild.amazonaws.com``.

    ``source_arn`` is what the service acts for: the value of ``aws:SourceArn``, and its account that of
    ``aws:SourceAccount``. ``execution_id`` is the pipeline execution in whose name it acts, if any; ``seconds`` is how
    long they last. A role that does not exist, or does not trust the service, raises ``ServiceError`` AccessDenied.
    """
    account_id, role_name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    trust = identity.role_trust(account_id, role_name)
    context = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_arn.split(":")[4]}
    with decisions.acting_for(execution_id), taking(_TAKING):
        if not identity.trust_lets_service_in(trust or {}, service, context, role_arn):
            message = f"User: {service} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            raise ServiceError("AccessDenied", message)
        session = identity.open_session(role_arn, session_name[:_LONGEST_SESSION_NAME], seconds)
    return Credentials(session.access_key_id, session.secret_access_key, session.session_token, session.expires)
