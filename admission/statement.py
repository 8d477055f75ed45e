"""What the bake says of an image: an in-toto statement with the provenance of SLSA.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and https://slsa.dev/spec/v1.0/provenance
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admission.variables import NotAdmittedError

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:bake-image:v1"
"""Names the meaning of the parameters below."""
ALGORITHM = "sha256"


@dataclass(frozen=True)
class Check:
    """An action that ran before the bake in the same execution: ``Test/Secure``, how it ended, and its build."""

    action: str
    status: str
    build: str


@dataclass(frozen=True)
class Waived:
    """A finding that was accepted, and the last day on which it is."""

    check: str
    id: str
    place: str
    until: dt.date


@dataclass(frozen=True)
class Statement:
    """One image and what it was made of.

    ``image`` is ``REGISTRY/REPOSITORY``, ``digest`` ``sha256:HEX``; ``inputs`` are files of the source, ``reports``
    what the checks handed on: path to digest. ``open_findings`` are those that nothing accepts, as sentences.
    """

    image: str
    digest: str
    commit: str
    repository: str
    pipeline: str
    execution: str
    builder: str
    build: str
    base_image: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[Check] = ()
    open_findings: Sequence[str] = ()
    waived: Sequence[Waived] = ()
    reports: Mapping[str, str] = field(default_factory=dict)


def write(made: Statement) -> bytes:
    """Return the statement as JSON; the same statement gives the same bytes."""
    base_name, _, base_digest = made.base_image.partition(f"@{ALGORITHM}:")
    base = {"uri": f"docker://{base_name}", **({"digest": {ALGORITHM: base_digest}} if base_digest else {})}
    source = {"uri": f"git+https://github.com/{made.repository}", "digest": {"gitCommit": made.commit}}
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": made.image, "digest": _digest(made.digest)}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"repository": made.repository, "commit": made.commit},
                "internalParameters": {
                    "pipeline": made.pipeline,
                    "execution": made.execution,
                    "checks": [{"action": one.action, "status": one.status, "build": one.build} for one in made.checks],
                    "openFindings": list(made.open_findings),
                    "waived": [
                        {"check": one.check, "id": one.id, "place": one.place, "until": one.until.isoformat()}
                        for one in made.waived
                    ],
                },
                "resolvedDependencies": [source, base, *_files(made.inputs)],
            },
            "runDetails": {
                "builder": {"id": made.builder},
                "metadata": {"invocationId": made.build},
                "byproducts": _files(made.reports),
            },
        },
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def read(payload: bytes) -> Statement:
    """Read what ``write`` wrote; raises ``NotAdmittedError`` for anything else."""
    try:
        document = json.loads(payload)
        (subject,) = document["subject"]
        definition, run = document["predicate"]["buildDefinition"], document["predicate"]["runDetails"]
        kinds = (document["_type"], document["predicateType"], definition["buildType"])
        if kinds != (STATEMENT_TYPE, PREDICATE_TYPE, BUILD_TYPE):
            raise NotAdmittedError(f"the attestation is of the kind {', '.join(map(str, kinds))}, which is not known.")
        outer, inner = definition["externalParameters"], definition["internalParameters"]
        _, base, *inputs = definition["resolvedDependencies"]
        return Statement(
            image=subject["name"],
            digest=f"{ALGORITHM}:{subject['digest'][ALGORITHM]}",
            commit=outer["commit"],
            repository=outer["repository"],
            pipeline=inner["pipeline"],
            execution=inner["execution"],
            builder=run["builder"]["id"],
            build=run["metadata"]["invocationId"],
            base_image=_base(base),
            inputs=_digests(inputs),
            checks=[Check(one["action"], one["status"], one["build"]) for one in inner["checks"]],
            open_findings=inner["openFindings"],
            waived=[
                Waived(one["check"], one["id"], one["place"], dt.date.fromisoformat(one["until"]))
                for one in inner["waived"]
            ],
            reports=_digests(run["byproducts"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAdmittedError("the attestation holds no statement of the bake.") from error


def _digest(text: str) -> dict[str, str]:
    return {ALGORITHM: text.removeprefix(f"{ALGORITHM}:")}


def _files(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"uri": path, "digest": _digest(digest)} for path, digest in sorted(digests.items())]


def _digests(files: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {one["uri"]: f"{ALGORITHM}:{one['digest'][ALGORITHM]}" for one in files}


def _base(found: Mapping[str, Any]) -> str:
    digest = found.get("digest", {}).get(ALGORITHM, "")
    name = str(found["uri"]).removeprefix("docker://")
    return f"{name}@{ALGORITHM}:{digest}" if digest else name
