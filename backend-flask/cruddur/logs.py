"""Structured logs: one JSON object a line on standard output, with the request's id where there is one."""

import logging
from typing import Any, Final

from flask import g, has_request_context
from gunicorn.glogging import Logger

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record that is written while a request is served."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass."""
        if has_request_context() and "request_id" in g:
            record.request_id = g.request_id
        return True


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
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(levelname)s %(name)s %(message)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",
            }
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {"gunicorn.error": {"handlers": [], "propagate": True}},
    }
