"""The one door through which a step of a service asks IAM, under the role with which AWS takes that step."""

from collections.abc import Iterable

from local_aws.iam.implied_actions import calls_of
from local_aws.iam.trace import Asked, Refusal, Step, taking
from local_aws.ministack.adapter import identity_refusal
from local_aws.ministack.iam import identity


class Implicit:
    """Asks IAM in one account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    def refusal(self, access_key_id: str, asked: Asked) -> Refusal | None:
        """Ask for each right of the step until one is refused; None where the key's principal has them all."""
        for call in calls_of(asked.step):
            keys = {name: value.format(region=self._region) for name, value in call.keys.items()}
            with taking(Step(call.step, call.source)):
                allowed = identity.service_may(
                    access_key_id, call.action, asked.resource, {**keys, **asked.keys}, (self._account_id, self._region)
                )
            if not allowed:
                principal = identity.principal_of(access_key_id, self._account_id) or "unknown"
                sentence = identity_refusal(call.action, principal, asked.resource)
                return Refusal(call.action, asked.resource, sentence)
        return None

    def first_refusal(self, access_key_id: str, steps: Iterable[Asked]) -> Refusal | None:
        """Ask for one step after the other, until one is refused."""
        return next((found for asked in steps if (found := self.refusal(access_key_id, asked))), None)
