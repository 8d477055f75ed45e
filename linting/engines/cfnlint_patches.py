"""Speeds up cfn-lint's way down a template, through undocumented internals; what it finds stays the same.

cfn-lint walks a template with a validator and a context, and copies both at every step. Nothing else patches it, and
`tests/linting/test_cfnlint_patches.py` fails when a version changes what is patched.
"""

import dataclasses
import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import cfnlint.helpers
from cfnlint.context.context import Context, Path
from cfnlint.decode.cfn_yaml import NodeConstructor
from cfnlint.helpers import FUNCTIONS
from cfnlint.jsonschema import _filter, validators
from cfnlint.jsonschema._utils import Unset
from cfnlint.rules._rules import Rules

REPEATED = "Duplicate found "
"""How cfn-lint's sentences begin about such a key."""


@contextmanager
def taken() -> Iterator[None]:
    """Let each mapping of YAML or JSON have the last of its equal keys alone."""
    flatten: Any = NodeConstructor.flatten_mapping

    def flatten_mapping(self: Any, node: Any) -> None:  # noqa: ANN401 - PyYAML's
        flatten(self, node)
        last = {str(key.value): (key, value) for key, value in node.value}
        node.value = list(last.values())

    NodeConstructor.flatten_mapping = flatten_mapping  # type: ignore[method-assign]
    try:
        yield
    finally:
        NodeConstructor.flatten_mapping = flatten  # type: ignore[method-assign]


KEYWORD_RULE = "E1101"
"""The rule that asks, at every step, all rules that have said that they look at that place."""

READ_ONLY = "Policies.json"
"""cfn-lint's table of IAM actions, 2 MB, which two rules read, and read only; each would parse it for itself."""

LIST_KEYWORD = "enum"
"""The keyword of a schema that lists what is allowed. Every `Ref` is looked for among all that can be referred to."""

ADDED_TO = "ref_values"
"""The field of a context that a change adds to; all others it replaces."""


_NO_STEPS = frozenset(FUNCTIONS)
"""What a path of CloudFormation's own names can't hold."""


@functools.cache
def apply() -> None:
    """Apply the patches, for the rest of the process. To be called before cfn-lint loads its rules."""
    for copied in (Context, _filter.FunctionFilter, validators.CfnTemplateValidator, validators.StandardValidator):
        _copy_at_once(copied)
    _step_at_once()
    _name_modules_once()
    _look_up_strings()
    _make_validators_once()
    _read_once()


def index(rules: Rules) -> None:
    """Let the keyword rule among ``rules`` find by keyword whom to ask, where it would try each rule at every step."""
    rule: Any = rules[KEYWORD_RULE]
    asked: dict[str, list[Any]] = {}
    initialize = rule.initialize

    def start(cfn: Any) -> None:  # noqa: ANN401 - cfn-lint's template
        asked.clear()
        initialize(cfn)

    def ask(validator: Any, keywords: Sequence[str], instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401
        if not asked:
            asked.update(_by_keyword(rule))
        inner = validator.evolve(function_filter=validator.function_filter.evolve(add_cfn_lint_keyword=False))
        for keyword in keywords:
            for other in asked.get(keyword, ()):
                for error in other.validate(inner, keyword, instance, schema):
                    if error.rule is None and isinstance(error.validator, Unset):
                        error.rule = other
                    yield error

    rule.initialize = start
    rule.cfnLint = ask


def _by_keyword(rule: Any) -> dict[str, list[Any]]:  # noqa: ANN401
    found: dict[str, list[Any]] = {}
    for other in rule.child_rules.values():
        if other is not None and other.id:
            for keyword in other.keywords:
                found.setdefault(keyword, []).append(other)
    return found


def _copy_at_once(kind: Any) -> None:  # noqa: ANN401 - a class of cfn-lint's
    """Let ``kind``, a dataclass, copy all its fields at once, where its ``evolve`` goes through them one by one."""
    changeable = {field.name for field in dataclasses.fields(kind) if field.init}
    slowly = kind.evolve

    def evolve(self: Any, **changes: Any) -> Any:  # noqa: ANN401
        if not changes.keys() <= changeable or None in changes.values():
            return slowly(self, **changes)
        if ADDED_TO in changes:
            changes[ADDED_TO] = {**getattr(self, ADDED_TO), **changes[ADDED_TO]}
        copy = object.__new__(type(self))
        vars(copy).update(vars(self))
        vars(copy).update(changes)
        return copy

    kind.evolve = evolve


def _step_at_once() -> None:
    """Let a path grow by one step without asking which fields it has."""
    slowly = Path.descend

    def descend(self: Path, **steps: Any) -> Path:  # noqa: ANN401
        kind = steps.get("cfn_path")
        if not steps.keys() <= {"path", "cfn_path"} or isinstance(kind, int) or kind in _NO_STEPS:
            return slowly(self, **steps)
        copy = object.__new__(type(self))
        vars(copy).update(vars(self))
        for name, step in steps.items():
            if step is not None:
                vars(copy)[name] = getattr(self, name) + deque((step,))
        return copy

    Path.descend = descend  # type: ignore[method-assign]


def _name_modules_once() -> None:
    """Let contexts of the same resources, which are all of a template, look for modules among them once."""
    named = vars(Context)["module_names"].func
    last: list[Any] = [None, ()]

    def module_names(self: Context) -> tuple[str, ...]:
        if self.resources is not last[0]:
            last[:] = self.resources, named(self)
        return tuple(last[1])

    Context.module_names = property(module_names)  # type: ignore[assignment]


def _look_up_strings() -> None:
    """Let a string be looked up among those allowed before it is compared with each, cfn-lint's slow way."""
    for kind in (validators.CfnTemplateValidator, validators.StandardValidator):
        keywords: Any = kind({}).validators
        slowly = keywords[LIST_KEYWORD]

        def enum(validator: Any, allowed: Any, instance: Any, schema: Any, slowly: Any = slowly) -> Iterator[Any]:  # noqa: ANN401
            if not (isinstance(instance, str) and isinstance(allowed, list) and instance in allowed):
                yield from slowly(validator, allowed, instance, schema)

        keywords[LIST_KEYWORD] = enum


def _make_validators_once() -> None:
    """Let cfn-lint make a class of validators once for the same keywords, not once a resource."""
    make = validators.create
    made: dict[Any, Any] = {}

    def create(
        validators: Mapping[str, Any] | None = None,
        function_filter: _filter.FunctionFilter | None = None,
        fn_resolvers: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        key = (tuple((validators or {}).items()), repr(function_filter), tuple((fn_resolvers or {}).items()))
        if key not in made:
            made[key] = make(validators=validators, function_filter=function_filter, fn_resolvers=fn_resolvers)
            _copy_at_once(made[key])
        return made[key]

    validators.create = create


def _read_once() -> None:
    read: Callable[..., Any] = cfnlint.helpers.load_resource
    kept: dict[str, Any] = {}

    def load_resource(package: Any, filename: str = "us-east-1.json") -> Any:  # noqa: ANN401
        if filename != READ_ONLY:
            return read(package, filename)
        if filename not in kept:
            kept[filename] = read(package, filename)
        return kept[filename]

    cfnlint.helpers.load_resource = load_resource
