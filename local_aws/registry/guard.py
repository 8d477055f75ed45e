"""Stands before the registry: a password first, then IAM for each request, then the tags that must not move."""

import fnmatch
import json
from collections.abc import Mapping
from http import HTTPStatus

from local_aws.ministack import identity, images
from local_aws.ministack.application import Answer, acting_in, identity_refusal
from local_aws.registry.access import Wanted, wanted
from local_aws.registry.tokens import Tokens


class Guard:
    """Decides on requests to the registry of an account and region, reachable at ``host`` (with its port)."""

    def __init__(self, tokens: Tokens, account_id: str, region: str, host: str) -> None:
        self._tokens = tokens
        self._account_id = account_id
        self._region = region
        self._host = host

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> Answer | None:
        """Give the refusal of a request whose body was not read yet; None where it may go on."""
        key = self._tokens.key_of(headers.get("authorization", ""))
        if key is None:
            realm = f'Basic realm="http://{self._host}/",service="ecr.amazonaws.com"'
            return _error(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "Not Authorized", {"www-authenticate": realm})
        want = wanted(method, path)
        with acting_in(self._account_id, self._region):
            if want is None:
                return (
                    None
                    if path.rstrip("/") == "/v2"
                    else _error(HTTPStatus.NOT_FOUND, "UNSUPPORTED", "The operation is unsupported.")
                )
            return self._decide(key, want, method, headers)

    def _decide(self, key: str, want: Wanted, method: str, headers: Mapping[str, str]) -> Answer | None:
        del headers
        arn = f"arn:aws:ecr:{self._region}:{self._account_id}:repository/{want.repository}"
        principal = identity.principal_of(key, self._account_id)
        if principal is None:
            return _error(HTTPStatus.FORBIDDEN, "DENIED", "The security token included in the request is invalid.")
        if not identity.is_allowed(key, want.action, "ecr", self._region, arn):
            return _error(HTTPStatus.FORBIDDEN, "DENIED", identity_refusal(want.action, principal, arn))
        repository = images.repository(want.repository)
        if repository is None:
            message = (
                f"The repository with name '{want.repository}' does not exist in the registry with id "
                f"'{self._account_id}'"
            )
            return _error(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", message)
        if method == "PUT" and want.action == "ecr:PutImage" and _must_not_move(repository, want):
            message = (
                f"The image tag '{want.reference}' already exists in the '{want.repository}' repository and cannot be "
                "overwritten because the tag is immutable."
            )
            return _error(HTTPStatus.BAD_REQUEST, "TAG_INVALID", message)
        return None


def _must_not_move(repository: Mapping[str, object], want: Wanted) -> bool:
    """Tell whether a tag is there already, in a repository whose tags stay.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """
    mutability = str(repository.get("imageTagMutability", "MUTABLE"))
    filters = repository.get("imageTagMutabilityExclusionFilters") or []
    patterns = (
        [str(each.get("filter")) for each in filters if isinstance(each, dict)] if isinstance(filters, list) else []
    )
    excluded = any(fnmatch.fnmatchcase(want.reference, pattern) for pattern in patterns)
    stays = {
        "IMMUTABLE": True,
        "IMMUTABLE_WITH_EXCLUSION": not excluded,
        "MUTABLE_WITH_EXCLUSION": excluded,
    }.get(mutability, False)
    return stays and images.has_tag(want.repository, want.reference)


def _error(status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    fixed = {"Content-Type": "application/json", "Docker-Distribution-Api-Version": "registry/2.0"}
    return int(status), {**fixed, **(headers or {})}, body
