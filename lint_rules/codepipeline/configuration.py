"""What is wrong with the configuration of an action or of a condition's rule, by the facts about its kind."""

import difflib
from collections.abc import Iterable, Iterator, Mapping

from aws_facts import codepipeline
from aws_facts.codepipeline import Kind
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

OWN_VARIABLE = "#{"
"""What begins a reference to a variable of the pipeline: the value is known when the action runs."""
SHORTEST_PART = 3
"""A known word of so many letters within another is what was meant: ECS by ECSDeploy."""


def missing_keys(holder: Node, configuration: Node, kind: Kind, whose: str) -> Iterator[Fault]:
    """Return the required keys that are not there; ``whose`` names the provider."""
    if configuration.present and not is_readable(configuration):
        return
    at = configuration if configuration.present else holder
    present = [key for key in kind.get("required", ()) if not configuration[key].absent]
    for key in codepipeline.missing_keys(kind, present):
        yield fault(at, f"{whose} needs {key} in its Configuration. Add it.")


def unknown_keys(configuration: Node, kind: Kind, whose: str) -> Iterator[Fault]:
    """Return the keys that the provider does not take."""
    entries = {key: value for key, value in configuration.entries if key != "Fn::Transform"}
    for key in codepipeline.unknown_keys(kind, entries):
        yield fault(entries[key], f"{whose} takes no {key}. {_instead(key, codepipeline.taken_keys(kind))}")


def _instead(key: str, taken: list[str]) -> str:
    near = closest(key, taken)
    if near:
        return f"Did you mean {near}?"
    return f"It takes {', '.join(taken)}; take {key} out." if taken else f"Take {key} out."


def closest(word: str, words: Iterable[str]) -> str:
    """Return the one of ``words`` that was meant by ``word``; empty if none is near."""
    by_case = {one.casefold(): one for one in words}
    near = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.75)
    within = [one for one in by_case if len(one) >= SHORTEST_PART and one in word.casefold()]
    found = near or sorted(within, key=len)[-1:]
    return by_case[found[0]] if found else ""


def wrong_values(configuration: Node, kind: Kind) -> Iterator[Fault]:
    """Return the known values that are not among those allowed, not in their range, or of the wrong form."""
    for key, value in configuration.entries:
        text = value.text
        if text and OWN_VARIABLE not in text:
            problem = codepipeline.value_problem(kind, key, text)
            # The form of a literal alone is judged: a parameter's default is often an example.
            unsure = value.function or text.startswith("{{resolve:")
            if problem and not (problem.fact == "forms" and unsure):
                yield fault(value, f"{key} is {_short(text)}. {_allowed(problem)}")


def _allowed(problem: codepipeline.ValueProblem) -> str:
    match problem.fact:
        case "values":
            return f"Allowed: {', '.join(problem.allowed)}."
        case "lists":
            return f"Allowed, with commas and no spaces between: {', '.join(problem.allowed)}."
        case "numbers":
            least, most = problem.allowed
            return f"It is a whole number from {least} to {most}."
        case _:
            return f"It is {problem.allowed['says']}."


def _short(text: str) -> str:
    longest = 60
    return text if len(text) <= longest else f"{text[:longest]}..."


def is_readable(configuration: Node) -> bool:
    """Return whether all keys that are there are known."""
    value = configuration.value
    return isinstance(value, Mapping) and not configuration.function and "Fn::Transform" not in value
