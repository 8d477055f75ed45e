"""A client that does as the service asks: what is refused for the moment, it sends again."""

import time
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

# For a machine that does much else.
PATIENCE_SECONDS: Final = 10.0
# Less than Retry-After says, which is for a crowd.
PAUSE_SECONDS: Final = 0.1


class PatientClient(FlaskClient):
    """Sends a request again that was answered 503 with Retry-After."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - whatever werkzeug's takes
        """Gives the first other answer, or else the last."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = super().open(*args, **kwargs)
            is_refused = answer.status_code == 503 and "Retry-After" in answer.headers
            if not is_refused or time.monotonic() > deadline:
                return answer
            time.sleep(PAUSE_SECONDS)
