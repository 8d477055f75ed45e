"""ECR's managed signing: the rules of a registry, and what came of signing each image that was pushed.

ECR signs in the name of whoever pushes: IAM is asked for ``signer:SignPayload``. What it would then make with AWS
Signer, a signature of Notation beside the image, is not made here.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
"""

import fnmatch
import hashlib
import json
import re
from collections.abc import Iterator

from local_aws.iam.implied_actions import SIGN_IMAGE
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.platform.json_store import Records
from local_aws.platform.service import ServiceError
from local_aws.services.ecr import operations
from local_aws.services.ecr.operations import Json

CONFIGURATION = "configuration"
MOST_RULES = 10
PROFILE = re.compile(r"arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:/signing-profiles/[a-zA-Z0-9_]{2,}")
FILTER_TYPE = "WILDCARD_MATCH"
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html"""


class Signatures:
    """The signing configuration of an account and region's registry, and the state of its images' signatures."""

    def __init__(self, records: Records, where: tuple[str, str]) -> None:
        self._records = records
        self._account_id = where[0]
        self._implicit = Implicit(*where)

    def install(self) -> None:
        """Answer these operations in place of MiniStack, which lacks them, and hear of what PutImage pushes."""
        operations.answer_with(
            {
                "DescribeImageSigningStatus": self._describe,
                "GetSigningConfiguration": lambda _asked: self._answer(self._configured()),
                "PutSigningConfiguration": lambda asked: self._answer(self.put(asked.get("signingConfiguration", {}))),
                "DeleteSigningConfiguration": lambda _asked: self._answer(self.delete()),
            }
        )

        async def hear(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
            del method, path
            if headers.get("x-amz-target", "").endswith(".PutImage"):
                asked = json.loads(body)
                manifest = str(asked.get("imageManifest", "")).encode()
                self.pushed(str(asked.get("repositoryName", "")), manifest, adapter.access_key_of(headers, query))
            return None

        adapter.guard("ecr", hear)

    def get(self) -> Json | None:
        """Return the rules of the registry; None where it has none."""
        return self._records.get(CONFIGURATION)

    def put(self, configuration: Json) -> Json:
        """Keep these rules in place of others; raises ``ServiceError``."""
        rules = configuration.get("rules", [])
        if len(rules) > MOST_RULES:
            raise ServiceError(
                "ValidationException", f"{len(rules)} rules were given; at most {MOST_RULES} are allowed."
            )
        for rule in rules:
            if not PROFILE.fullmatch(str(rule.get("signingProfileArn"))):
                message = f"{rule.get('signingProfileArn')!r} is not the ARN of a signing profile."
                raise ServiceError("InvalidParameterException", message)
            if any(one.get("filterType") != FILTER_TYPE for one in rule.get("repositoryFilters", [])):
                raise ServiceError("InvalidParameterException", f"The filterType of a filter is {FILTER_TYPE}.")
        self._records.put(CONFIGURATION, {"rules": rules})
        return {"rules": rules}

    def delete(self) -> Json:
        """Forget the rules, and return them; raises ``ServiceError`` where there are none."""
        found = self._configured()
        self._records.delete(CONFIGURATION)
        return found

    def pushed(self, repository: str, manifest: bytes, access_key_id: str) -> None:
        """Sign what is pushed with a key: write down for each profile whether the key's principal may sign with it."""
        states = [self._state(profile, access_key_id) for profile in self._profiles(repository)]
        if states:
            digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
            self._records.put(f"{repository}@{digest}", {"states": states})

    def _profiles(self, repository: str) -> Iterator[str]:
        """Give the profiles of the rules about a repository, each once; a rule without filters is about all."""
        seen = set()
        for rule in (self.get() or {"rules": []})["rules"]:
            filters = [one["filter"] for one in rule.get("repositoryFilters", [])] or ["*"]
            profile = rule["signingProfileArn"]
            if profile not in seen and any(fnmatch.fnmatchcase(repository, pattern) for pattern in filters):
                seen.add(profile)
                yield profile

    def _state(self, profile: str, access_key_id: str) -> Json:
        refused = self._implicit.refusal(access_key_id, Asked(SIGN_IMAGE, profile))
        if refused is None:
            return {"signingProfileArn": profile, "status": "COMPLETE"}
        failure = {"failureCode": "AccessDeniedException", "failureReason": refused.sentence}
        return {"signingProfileArn": profile, "status": "FAILED", **failure}

    def _configured(self) -> Json:
        found = self.get()
        if found is None:
            message = f"Signing configuration does not exist in the registry with id '{self._account_id}'"
            raise ServiceError("SigningConfigurationNotFoundException", message)
        return found

    def _answer(self, configuration: Json) -> Json:
        return {"registryId": self._account_id, "signingConfiguration": configuration}

    def _describe(self, asked: Json) -> Json:
        _, image, about = operations.image_asked_for(asked, self._account_id)
        kept = self._records.get(f"{about['repositoryName']}@{image['imageDigest']}") or {"states": []}
        return {**about, "signingStatuses": kept["states"]}
