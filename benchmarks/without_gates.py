"""The pipeline without what decides on a release: the actions Secure, Admit and Verify, and the signing of the bake."""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

GATES = ("Secure", "Admit", "Verify")
"""Admit reads the scan of the image, too."""
UNSIGNED = {"name": "SIGNING_KEY", "value": ""}
"""Has the bake attest nothing."""


@contextmanager
def without_gates(codepipeline: Any, name: str) -> Iterator[None]:  # noqa: ANN401 - a client of boto3
    """Have the pipeline of this name without its gates, and afterwards as it was."""
    found = codepipeline.get_pipeline(name=name)["pipeline"]
    codepipeline.update_pipeline(pipeline=_bare(found))
    yield
    codepipeline.update_pipeline(pipeline=found)


def _bare(found: dict[str, Any]) -> dict[str, Any]:
    pipeline = copy.deepcopy(found)
    lost: set[str] = set()
    for stage in pipeline["stages"]:
        gates = [one for one in stage["actions"] if one["name"] in GATES]
        lost |= {artifact["name"] for one in gates for artifact in one["outputArtifacts"]}
        stage["actions"] = [_bare_action(one, lost) for one in stage["actions"] if one not in gates]
    return pipeline


def _bare_action(action: dict[str, Any], lost: set[str]) -> dict[str, Any]:
    """Return the action without the artifacts that are lost; one that signed what it took from them does not sign."""
    taken = [one for one in action["inputArtifacts"] if one["name"] not in lost]
    if len(taken) == len(action["inputArtifacts"]):
        return action
    told = json.loads(action["configuration"].get("EnvironmentVariables", "[]"))
    configuration = {**action["configuration"], "EnvironmentVariables": json.dumps([*told, UNSIGNED])}
    return {**action, "inputArtifacts": taken, "configuration": configuration}
