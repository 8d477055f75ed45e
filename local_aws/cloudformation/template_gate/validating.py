"""The process that validates: templates come in, one JSON string a line; refusals go out, code and message, or null."""

import json
import signal
import sys

from local_aws.cloudformation.template_gate.schemas import check_schemas, engine
from local_aws.platform.service import ServiceError


def _refusal(text: str) -> list[str] | None:
    try:
        check_schemas(text)
    except ServiceError as error:
        return [error.code, error.message]
    return None


def main() -> None:
    """Answer until the input ends, or nobody reads the answers."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    engine()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_refusal(json.loads(line)))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
