"""Remembers idempotency tokens: a request that is repeated within five minutes starts nothing new."""

from dataclasses import dataclass, field

from local_aws.platform.service import Json, ServiceError

LIFETIME_SECONDS = 300.0
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html"""


@dataclass
class Tokens:
    """Requests by token."""

    _known: dict[str, tuple[float, Json, str]] = field(default_factory=dict)

    def build_of(self, token: str, request: Json, now: float) -> str:
        """Return the id of the build that this request started, or nothing; refuse the token with another request."""
        self._known = {key: entry for key, entry in self._known.items() if now - entry[0] < LIFETIME_SECONDS}
        if not token or token not in self._known:
            return ""
        _, earlier, build_id = self._known[token]
        if earlier != request:
            message = "The idempotencyToken was used with other parameters; use another token"
            raise ServiceError("InvalidInputException", message)
        return build_id

    def remember(self, token: str, request: Json, build_id: str, now: float) -> None:
        """Keep what a request started."""
        if token:
            self._known[token] = (now, request, build_id)
