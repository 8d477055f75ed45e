"""How a phase of a build fails: a status code and a message, as BatchGetBuilds and the log show them."""

from typing import Any

CLIENT_ERROR = "CLIENT_ERROR"
COMMAND_EXECUTION_ERROR = "COMMAND_EXECUTION_ERROR"


class PhaseError(Exception):
    """A phase can't go on; ``code`` and ``message`` become its context."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def refusal(error: Exception) -> tuple[str, str] | None:
    """Give code and message when ``error`` is an AWS API's refusal, else None."""
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict) and isinstance(response.get("Error"), dict):
        return str(response["Error"].get("Code", "")), str(response["Error"].get("Message", ""))
    code, message = getattr(error, "code", None), getattr(error, "message", None)
    return (str(code), str(message)) if code and message else None


def described(error: Exception) -> str:
    """Put an API's refusal in the agent's words, ``Code: message``; any other error as it says itself."""
    found = refusal(error)
    return f"{found[0]}: {found[1]}" if found else f"{type(error).__name__}: {error}"
