"""The parameter values of each stack: where they come from, and whether the templates take them."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from delivery.model import templates
from delivery.model.manifest import Manifest, Stack
from delivery.model.templates import Template
from reporting.errors import CannotRunError
from settings.environment import Environment


def given(stack: Stack, environment: Environment) -> Mapping[str, str]:
    """Return the values that the environment file has for this stack's parameters, by name."""
    own = environment.stack_parameters.get(stack.name, {})
    asked = [parameter.name for parameter in stack.parameters if parameter.running_image is None]
    values = {**environment.parameters, **own}
    return {name: values[name] for name in asked if name in values}


def complete(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Add to ``values`` the template's defaults, so that an update never keeps an older value unseen."""
    defaults = {name: str(said["Default"]) for name, said in template.parameters.items() if "Default" in said}
    return {**defaults, **values}


def check(manifest: Manifest, templates: Mapping[str, Template], environment: Environment) -> None:
    """Refuse values that no stack takes, that are missing or that a template does not allow; all of them at once.

    ``templates`` are all templates of the manifest by their stack's name.
    """
    sentences = [*_unknown(manifest, environment)]
    for stack in manifest.stacks:
        sentences.extend(_undeclared(stack, templates[stack.name]))
        sentences.extend(_misfits(stack, templates[stack.name], environment))
    if sentences:
        raise CannotRunError(*dict.fromkeys(sentences))


def _unknown(manifest: Manifest, environment: Environment) -> Iterator[str]:
    where = f"environment {environment.name}"
    taken = {stack.name: _from_environment(stack) for stack in manifest.stacks}
    everywhere = sorted({name for names in taken.values() for name in names})
    for name in environment.parameters:
        if name not in everywhere:
            yield f"{where}: [parameters] {name}: no stack takes it{_guess(name, everywhere)}; {_allowed(everywhere)}."
    for stack, values in environment.stack_parameters.items():
        if stack not in taken:
            known = sorted(taken)
            yield f"{where}: [parameters.{stack}]: there is no such stack{_guess(stack, known)}; {_allowed(known)}."
            continue
        for name in values:
            if name not in taken[stack]:
                allowed = sorted(taken[stack])
                guess = _guess(name, allowed)
                yield f"{where}: [parameters.{stack}] {name}: that stack does not take it{guess}; {_allowed(allowed)}."


def _from_environment(stack: Stack) -> Sequence[str]:
    return [parameter.name for parameter in stack.parameters if parameter.running_image is None]


def _guess(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _allowed(names: Sequence[str]) -> str:
    return f"allowed: {', '.join(names)}" if names else "none is allowed; remove it"


def _undeclared(stack: Stack, template: Template) -> Iterator[str]:
    """Find where manifest and template contradict each other."""
    named = {parameter.name for parameter in stack.parameters}
    for name in sorted(named.symmetric_difference(template.parameters)):
        lacks = "its template does not declare it" if name in named else "build/manifest.json does not name it"
        yield f"stack {stack.name}: parameter {name}: {lacks}; regenerate both with `make templates`."


def _misfits(stack: Stack, template: Template, environment: Environment) -> Iterator[str]:
    values = given(stack, environment)
    for name, said in template.parameters.items():
        if name in values:
            reason = misfit(said, values[name])
            if reason:
                table = (
                    f"parameters.{stack.name}"
                    if name in environment.stack_parameters.get(stack.name, {})
                    else "parameters"
                )
                yield f"environment {environment.name}: [{table}] {name}: {reason}."
        elif "Default" not in said and name in _from_environment(stack):
            allowed = said.get("ConstraintDescription") or said.get("Description") or f"a {said.get('Type', 'String')}"
            yield (
                f"environment {environment.name}: [parameters] {name}: nothing is given and stack {stack.name} "
                f"needs it: {str(allowed).rstrip('.')}; add it."
            )
    for sentence in templates.broken(template, complete(template, values)):
        yield f"environment {environment.name}: [parameters] of stack {stack.name}: {sentence.rstrip('.')}."


def misfit(said: Mapping[str, Any], value: str) -> str | None:
    """Report why a parameter declared as ``said`` does not take ``value``; ``None`` where it does.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """
    shown = HIDDEN_VALUE if str(said.get("NoEcho", "")).lower() == "true" else repr(value)
    kind = str(said.get("Type", "String"))
    items = [item.strip() for item in value.split(",")] if "List" in kind else [value]
    allowed = [str(choice) for choice in said.get("AllowedValues", [])]
    constraint = str(said.get("ConstraintDescription", ""))
    words = f" ({constraint})" if constraint and constraint != f"must match {said.get('AllowedPattern')}" else ""
    if allowed and not all(item in allowed for item in items):
        return f"found {shown}; allowed: {', '.join(choice or 'nothing' for choice in allowed)}{words}"
    pattern = said.get("AllowedPattern")
    if pattern and not all(_matches(str(pattern), item) for item in items):
        return f"found {shown}; allowed is what matches {pattern}{words}"
    if "Number" in kind:
        return _number_misfit(said, items, shown, words)
    shortest, longest = int(said.get("MinLength", 0)), int(said.get("MaxLength", 4096))
    if not shortest <= len(value) <= longest:
        return f"found {len(value)} characters; allowed are {shortest} to {longest}{words}"
    return None


HIDDEN_VALUE = "a value that is not shown"
"""Stands for the value of a NoEcho parameter."""


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # a pattern in Java's dialect alone: CloudFormation itself will judge
        return True


def _number_misfit(said: Mapping[str, Any], items: Sequence[str], shown: str, words: str) -> str | None:
    lowest, highest = float(said.get("MinValue", "-inf")), float(said.get("MaxValue", "inf"))
    try:
        fits = all(lowest <= float(item) <= highest for item in items)
    except ValueError:
        return f"found {shown}; allowed is a number{words}"
    if fits:
        return None
    return f"found {shown}; allowed is a number from {said.get('MinValue', '-')} to {said.get('MaxValue', '-')}{words}"
