"""Clients of AWS whose requests end: each has a time limit as a whole, and what goes wrong is a ``CannotRunError``."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from delivery.aws.answers import AnswerCheck, with_members
from delivery.aws.errors import (
    UnusableAnswerError,
    address_of,
    out_of_time,
    quoted,
    translated,
    without_member,
)
from delivery.aws.login import Login
from reporting.deadline import OutOfTimeError, within
from settings.environment import Environment

T = TypeVar("T")


class Requests:
    """Makes the requests to one environment; once one got no answer in time, no other is made."""

    def __init__(self, environment: Environment, login: Login) -> None:
        self._environment = environment
        self._login = login
        self._given_up: UnusableAnswerError | None = None

    def make(self, operation: str, work: Callable[[], Any], last: Callable[[], str]) -> Any:  # noqa: ANN401 - any operation's answer
        """Return what ``work`` returns, with ``Members``; ``last`` describes the latest answer, where there was one."""
        if self._given_up is not None:
            raise self._given_up
        self._login.ensure()
        with translated(self._environment, operation, last):
            answer = self._bounded(operation, work, last)
        described = last()
        return with_members(answer, lambda name: without_member(self._environment, operation, name, described))

    def client(self, work: Callable[[], Any]) -> "Client":
        """Return the client that ``work`` makes."""
        self._login.ensure()
        with translated(self._environment, "a request"):
            return Client(work(), self)

    def _bounded(self, operation: str, work: Callable[[], T], last: Callable[[], str]) -> T:
        def waiting() -> str:
            answered = f" (the last answer: {quoted(last())})" if last() else ""
            return f"waiting for {address_of(self._environment)} to answer {operation}{answered}"

        try:
            return within(self._environment.request_seconds, work, waiting)
        except OutOfTimeError as error:
            self._given_up = out_of_time(self._environment, f"{waiting()} after {error}")
            raise self._given_up from None


class Client:
    """A client of one service: its operations and paginators, with answers that are checked."""

    def __init__(self, client: Any, requests: Requests) -> None:  # noqa: ANN401 - a client of any service
        self._client = client
        self._requests = requests
        self._check = AnswerCheck(client)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = self._client.meta.method_to_api_mapping.get(name)
        if operation is None:
            raise AttributeError(name)

        def call(**arguments: Any) -> Any:  # noqa: ANN401 - the operation's own arguments and answer
            return self._make(operation, lambda: getattr(self._client, name)(**arguments))

        return call

    def get_paginator(self, name: str) -> "Paginator":
        """Return the paginator of the operation with that method's name."""
        operation = self._client.meta.method_to_api_mapping[name]
        return Paginator(self._client.get_paginator(name), lambda work: self._make(operation, work))

    def _make(self, operation: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - any operation's answer
        self._check.last = ""
        return self._requests.make(operation, work, lambda: self._check.last)


class Paginator:
    """The pages of one listing, each of them a request."""

    def __init__(self, paginator: Any, make: Callable[[Callable[[], Any]], Any]) -> None:  # noqa: ANN401 - of any operation
        self._paginator = paginator
        self._make = make

    def paginate(self, **arguments: Any) -> Iterator[Any]:  # noqa: ANN401 - the operation's own arguments and pages
        """Yield the pages one after another."""
        pages = iter(self._paginator.paginate(**arguments))
        while (page := self._make(lambda: next(pages, None))) is not None:
            yield page
