"""What CreatePipeline refuses of the namespaces of a pipeline's actions, and of references to their variables.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
"""

from collections.abc import Iterator

from local_aws.platform.service import Json, ServiceError
from local_aws.services.codepipeline.definitions.actions import CONDITION_KINDS
from local_aws.services.codepipeline.engine.variables import EXECUTION_NAMESPACE, PIPELINE_NAMESPACE, references

_OWN = frozenset({EXECUTION_NAMESPACE, PIPELINE_NAMESPACE})


def check_namespaces(stages: list[Json]) -> None:
    """Raise ``ServiceError`` for a namespace that is taken, and a reference to one that no earlier action has."""
    known = set(_OWN)
    for stage in stages:
        _check_rules(stage, CONDITION_KINDS[:1], known)
        for run_order in sorted({action["runOrder"] for action in stage["actions"]}):
            running = [action for action in stage["actions"] if action["runOrder"] == run_order]
            for action in running:
                _check_references(action, known)
            for action in running:
                namespace = action.get("namespace")
                if namespace in known:
                    _refuse(f"Namespace {namespace} of action {action['name']} is taken: it must be unique")
                known |= {namespace} if namespace else set()
        _check_rules(stage, CONDITION_KINDS[1:], known)


def _check_rules(stage: Json, kinds: tuple[str, ...], known: set[str]) -> None:
    for kind in kinds:
        for condition in (stage.get(kind) or {}).get("conditions", []):
            for rule in condition.get("rules", []):
                _check_references(rule, known)


def _check_references(holder: Json, known: set[str]) -> None:
    for namespace, variable in _references(holder):
        if namespace not in known:
            _refuse(
                f"#{{{namespace}.{variable}}} in {holder['name']} refers to a namespace that no preceding action has; "
                f"there are: {', '.join(sorted(known))}"
            )


def _references(holder: Json) -> Iterator[tuple[str, str]]:
    for value in holder.get("configuration", {}).values():
        yield from references(value)


def _refuse(message: str) -> None:
    raise ServiceError("InvalidActionDeclarationException", message)
