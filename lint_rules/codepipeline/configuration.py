"""What is wrong with the configuration of an action or of a condition's rule, by the facts about its kind."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

OWN_VARIABLE = "#{"
"""What begins a reference to a variable of the pipeline: the value is known when the action runs."""
SHORTEST_PART = 3
"""A known word of so many letters within another is what was meant: ECS by ECSDeploy."""


def missing_keys(holder: Node, configuration: Node, kind: Mapping[str, Any], whose: str) -> Iterator[Fault]:
    """Give the required keys that are not there; ``whose`` names the provider."""
    if configuration.present and not is_readable(configuration):
        return
    at = configuration if configuration.present else holder
    for key in kind.get("required", ()):
        if configuration[key].absent:
            yield fault(at, f"{whose} needs {key} in its Configuration. Add it.")


def unknown_keys(configuration: Node, kind: Mapping[str, Any], whose: str) -> Iterator[Fault]:
    """Give the keys that the provider does not take."""
    if not kind or kind.get("open"):
        return
    taken = [*kind.get("required", ()), *kind.get("optional", ())]
    for key, value in configuration.entries:
        if key not in taken and key != "Fn::Transform":
            yield fault(value, f"{whose} takes no {key}. {_instead(key, taken)}")


def _instead(key: str, taken: list[str]) -> str:
    near = closest(key, taken)
    if near:
        return f"Did you mean {near}?"
    return f"It takes {', '.join(taken)}; take {key} out." if taken else f"Take {key} out."


def closest(word: str, words: Iterable[str]) -> str:
    """Give the one of ``words`` that was meant by ``word``; empty if none is near."""
    by_case = {one.casefold(): one for one in words}
    near = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.75)
    within = [one for one in by_case if len(one) >= SHORTEST_PART and one in word.casefold()]
    found = near or sorted(within, key=len)[-1:]
    return by_case[found[0]] if found else ""


def wrong_values(configuration: Node, kind: Mapping[str, Any]) -> Iterator[Fault]:
    """Give the known values that are not among those allowed, not in their range, or of the wrong form."""
    for key, value in configuration.entries:
        text = value.text
        if text and OWN_VARIABLE not in text:
            problem = _problem(key, text, kind) or (_misformed(key, text, kind) if not value.function else "")
            if problem:
                yield fault(value, f"{key} is {_short(text)}. {problem}")


def _problem(key: str, text: str, kind: Mapping[str, Any]) -> str:
    if key in kind.get("values", {}) and text not in kind["values"][key]:
        return f"Allowed: {', '.join(kind['values'][key])}."
    if key in kind.get("lists", {}) and not set(text.split(",")) <= set(kind["lists"][key]):
        return f"Allowed, with commas and no spaces between: {', '.join(kind['lists'][key])}."
    if key in kind.get("numbers", {}):
        least, most = kind["numbers"][key]
        if not (re.fullmatch(r"[0-9]{1,10}", text) and least <= int(text) <= most):
            return f"It is a whole number from {least} to {most}."
    return ""


def _misformed(key: str, text: str, kind: Mapping[str, Any]) -> str:
    """Judge the form of a literal: a parameter's default is often an example."""
    form = kind.get("forms", {}).get(key)
    if form and not text.startswith("{{resolve:") and not re.fullmatch(form["pattern"], text, re.DOTALL):
        return f"It is {form['says']}."
    return ""


def _short(text: str) -> str:
    longest = 60
    return text if len(text) <= longest else f"{text[:longest]}..."


def is_readable(configuration: Node) -> bool:
    """Tell whether all keys that are there are known."""
    value = configuration.value
    return isinstance(value, Mapping) and not configuration.function and "Fn::Transform" not in value
