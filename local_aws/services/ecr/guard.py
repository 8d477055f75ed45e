"""Stands before the registry: a password first, then IAM for each request, then the tags that must not move."""

import fnmatch
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus

from local_aws.gateway.request import Request
from local_aws.ministack import images
from local_aws.ministack.adapter import Answer, acting_in, identity_refusal
from local_aws.ministack.iam import identity
from local_aws.services.ecr.access import RequestedAccess, registry_error, wanted
from local_aws.services.ecr.tokens import Tokens


class Guard:
    """Decides on requests to the registry of an account and region, reachable at ``host`` (with its port).

    ``refused`` hears of requests without a principal: (action, access key, reason).
    """

    def __init__(
        self, tokens: Tokens, where: tuple[str, str], host: str, refused: Callable[[str, str, str], None]
    ) -> None:
        self._tokens = tokens
        self._account_id, self._region = where
        self._host = host
        self._refused = refused

    def acting(self) -> AbstractContextManager[None]:
        """Act in the registry's account and region."""
        return acting_in(self._account_id, self._region)

    def key_of(self, request: Request) -> str | None:
        """Return the access key that a request's password was made for; None where it has none that holds."""
        return self._tokens.key_of(request.headers.get("authorization", ""))

    def wanted(self, request: Request) -> RequestedAccess | None:
        """Read what a request wants."""
        return wanted(request.method, request.path)

    def refusal(self, request: Request) -> Answer | None:
        """Return the refusal of a request whose body was not read yet; None where it may go on."""
        authorization = request.headers.get("authorization", "")
        key = self.key_of(request)
        want = self.wanted(request)
        if key is None:
            if authorization or want is not None:
                # Every client asks once without a password, to hear where to get one: that is no refusal.
                action = want.action if want is not None else f"ecr:{request.method}"
                self._refused(action, "", "The registry's password is missing, wrong or too old.")
            realm = f'Basic realm="http://{self._host}/",service="ecr.amazonaws.com"'
            challenge = {"www-authenticate": realm}
            return registry_error(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "Not Authorized", challenge)
        with self.acting():
            if want is None:
                is_question = request.path.rstrip("/") == "/v2" and request.method in {"GET", "HEAD"}
                unsupported = (HTTPStatus.NOT_FOUND, "UNSUPPORTED", "The operation is unsupported.")
                return None if is_question else registry_error(*unsupported)
            return self._decide(key, want, request.method)

    def _decide(self, key: str, want: RequestedAccess, method: str) -> Answer | None:
        arn = f"arn:aws:ecr:{self._region}:{self._account_id}:repository/{want.repository}"
        principal = identity.principal_of(key, self._account_id)
        if principal is None:
            message = "The security token included in the request is invalid."
            self._refused(want.action, key, message)
            return registry_error(HTTPStatus.FORBIDDEN, "DENIED", message)
        if not identity.is_allowed(key, want.action, "ecr", self._region, arn):
            return registry_error(HTTPStatus.FORBIDDEN, "DENIED", identity_refusal(want.action, principal, arn))
        repository = images.repository(want.repository)
        if repository is None:
            message = (
                f"The repository with name '{want.repository}' does not exist in the registry with id "
                f"'{self._account_id}'"
            )
            return registry_error(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", message)
        if method == "PUT" and want.action == "ecr:PutImage" and _must_not_move(repository, want):
            message = (
                f"The image tag '{want.reference}' already exists in the '{want.repository}' repository and cannot be "
                "overwritten because the tag is immutable."
            )
            return registry_error(HTTPStatus.BAD_REQUEST, "TAG_INVALID", message)
        return None


def _must_not_move(repository: Mapping[str, object], want: RequestedAccess) -> bool:
    """Return whether a tag is there already, in a repository whose tags stay.

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
