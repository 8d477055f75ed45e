"""Answers as https://api.osv.dev does, from a handful of advisories.

https://google.github.io/osv.dev/api/ has the protocol.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

PREFIX = "/_advisories"
"""Below it are the paths of the protocol; no service of AWS has a path there, nor a bucket."""
VARIABLE = "ADVISORY_SERVICE_URL"
"""Environment variable of builds: where their tools ask for advisories."""
MOST_QUERIES = 1000
NUMBER, NO_NUMBER = re.compile("[0-9]+"), re.compile("[^0-9.]")
SEPARATORS = re.compile("[-_.]+")

Answer = tuple[HTTPStatus, Mapping[str, Any]]


class MalformedQueryError(Exception):
    """What was asked is none of the protocol's queries."""


def answer(path: str, body: bytes) -> Answer | None:
    """Answer a request to ``path`` without the prefix; None where there is no such path."""
    if path.startswith("/v1/vulns/"):
        found = next((one for one in _advisories() if one["id"] == path.removeprefix("/v1/vulns/")), None)
        return (HTTPStatus.OK, found) if found else (HTTPStatus.NOT_FOUND, {"code": 5, "message": "Bug not found."})
    try:
        if path == "/v1/query":
            vulnerabilities = _matching(json.loads(body))
            return HTTPStatus.OK, {"vulns": vulnerabilities} if vulnerabilities else {}
        if path == "/v1/querybatch":
            return HTTPStatus.OK, {"results": [_in_brief(one) for one in _queries(json.loads(body))]}
    except (ValueError, MalformedQueryError) as error:
        return HTTPStatus.BAD_REQUEST, {"code": 3, "message": f"Invalid query: {error}"}
    return None


@cache
def _advisories() -> Sequence[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(Path(__file__).with_name("advisories.json").read_text("utf-8"))
    return found


def _queries(body: Any) -> Sequence[Any]:  # noqa: ANN401 - what a client sends
    queries = body.get("queries") if isinstance(body, dict) else None
    if not isinstance(queries, list) or len(queries) > MOST_QUERIES:
        raise MalformedQueryError(f"queries is not a list of at most {MOST_QUERIES}")
    return queries


def _in_brief(query: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what a client sends
    found = [{"id": one["id"], "modified": one["modified"]} for one in _matching(query)]
    return {"vulns": found} if found else {}


def _matching(query: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - what a client sends
    package = query.get("package") if isinstance(query, dict) else None
    version = query.get("version", "") if isinstance(query, dict) else ""
    named = isinstance(package, dict) and all(isinstance(package.get(key), str) for key in ("name", "ecosystem"))
    if not named or package is None or not isinstance(version, str):
        raise MalformedQueryError("package has no name and ecosystem, or version is not a text")
    return [one for one, _ in affecting(package["ecosystem"], package["name"], version)]


def affecting(ecosystem: str, name: str, version: str) -> Sequence[tuple[Mapping[str, Any], Sequence[str]]]:
    """Return the advisories on a package at ``version`` (empty: any), each with the versions that fix it."""
    asked = (ecosystem, _normalized(name))
    found = []
    for one in _advisories():
        parts = [
            part
            for part in one["affected"]
            if asked == (part["package"]["ecosystem"], _normalized(part["package"]["name"]))
            and (not version or _affects(part, version))
        ]
        if parts:
            events = [event for part in parts for each in part["ranges"] for event in each["events"]]
            found.append((one, [event["fixed"] for event in events if "fixed" in event]))
    return found


def _affects(part: Mapping[str, Any], version: str) -> bool:
    if version in part.get("versions", ()):
        return True
    return any(_within(one["events"], _release(version)) for one in part["ranges"])


def _within(events: Sequence[Mapping[str, str]], asked: tuple[int, ...]) -> bool:
    """Return whether a version lies in a range; its events come in the order of the versions."""
    inside = False
    for event in events:
        if "introduced" in event and asked >= _release(event["introduced"]):
            inside = True
        if "fixed" in event and asked >= _release(event["fixed"]):
            inside = False
    return inside


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers that a version begins with, 0 at their end left out: 1.2.0rc1 is taken for 1.2."""
    numbers = [int(part) for part in NUMBER.findall(NO_NUMBER.split(version, maxsplit=1)[0])]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _normalized(name: str) -> str:
    """Return a package's name as https://peps.python.org/pep-0503/#normalized-names compares it."""
    return SEPARATORS.sub("-", name).lower()
