"""Structured logs: one JSON object a line on standard output, with the request's id where there is one."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

from flask import has_request_context, request
from gunicorn.glogging import Logger

from cruddur.api.request_log import REQUEST_ID

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class JsonFormatter(logging.Formatter):
    """A record as a JSON object; `extra={"fields": {...}}` are members of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = request.environ.get(REQUEST_ID)
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        # In ASCII: some readers take other characters, such as U+2028, for the end of a line.
        return json.dumps(line, default=str)


class ServerLogger(Logger):
    """Gunicorn's own log, without its line for each request: the service writes a better one, with its id."""

    def access(self, *_: object) -> None:
        """Writes nothing."""


def logging_configuration(level: str) -> dict[str, Any]:
    """The whole process's logging, as logging.config.dictConfig takes it; `level` is one of LEVELS.

    Gunicorn's own lines go the same way as the service's: https://docs.gunicorn.org/en/stable/settings.html
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {
            "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {"gunicorn.error": {"handlers": [], "propagate": True}},
    }
