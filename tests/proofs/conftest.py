"""What tests of the proof share: the recorded calls, both builds, and the IAM of the local AWS that tests share."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from proofs.analysis import escalations, near_misses, report_problems
from proofs.analysis.analysis import Judged, Question, calls_for, judge, shut
from proofs.analysis.evaluation import Evaluator
from proofs.analysis.exceptions import Exemptions, Table
from proofs.analysis.minimal_policy import hold
from proofs.policies.build import pipelines_of, read_roles, read_templates
from proofs.rehearsal.builds import roles_in, settings_with_all_asked_for
from proofs.rehearsal.local_account import LocalAccount
from proofs.report import record
from reporting.findings import Finding
from settings.project import load
from settings.root import BUILD
from synthesis.build_folder import documents
from tests.local_aws_fixture import LocalAws

Change = Callable[[dict[str, Any]], None]
"""Changes a role's properties."""


@dataclass(frozen=True)
class Proof:
    """The recorded calls, to be held against builds; ``everything`` is the one with all that settings may ask for."""

    evaluator: Evaluator
    everything: Path
    folder: Path

    def of(self, build: Path, *, everything: bool) -> Judged:
        calls = calls_for(kept_record().calls, everything=everything)
        return judge(Question(build, calls, whole=True, everything=everything), self.evaluator)

    def held_after(self, role: str, change: Change) -> list[Finding]:
        """Hold one role, after a change of it, against the recorded calls."""
        build = changed(self.everything, self.folder / "changed", role, change)
        (wanted,) = (one for one in roles_in(build) if one.id == role)
        exemptions = Exemptions(Table(pipelines_of(read_templates(build)).values()).rows)
        held = hold(wanted, calls_for(kept_record().calls, everything=True), self.evaluator, exemptions)
        return list(report_problems.faults(held, exemptions, whole=True))

    def tried_after(self, role: str, change: Change) -> list[Finding]:
        """Try what one role, after a change of it, must be refused."""
        templates = read_templates(changed(self.everything, self.folder / "changed", role, change))
        wanted = [one for one in read_roles(templates) if one.id == role]
        refusals, ways = shut(wanted, templates, self.evaluator)
        return [*near_misses.faults(refusals), *escalations.faults(ways, wanted, everything=False)]


def kept_record() -> record.Record:
    """Return what the last proof of this system saw; a new system has none before its first `make prove`."""
    kept = record.read()
    proven, present = ({name.partition(".")[0] for name in roles} for roles in (kept.roles["shipped"], digests()))
    if proven.isdisjoint(present):
        pytest.skip("this system was never proven: make prove")
    return kept


def digests() -> dict[str, str]:
    return record.digests(roles_in(BUILD))


def changed(build: Path, folder: Path, role: str, change: Change) -> Path:
    """Copy a build to ``folder``, with a role's properties changed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(build, folder)
    for path in folder.glob("*.json"):
        template = json.loads(path.read_bytes())
        if role in template.get("Resources", {}):
            change(template["Resources"][role]["Properties"])
            path.write_text(json.dumps(template))
            return folder
    raise AssertionError(role)


def statements(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a role's first policy, to be changed."""
    found: list[dict[str, Any]] = properties["Policies"][0]["PolicyDocument"]["Statement"]
    return found


@pytest.fixture(scope="session")
def proof(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    folder = tmp_path_factory.mktemp("proof")
    settings, build = folder / "system.toml", folder / BUILD.name
    settings.write_text(settings_with_all_asked_for())
    build.mkdir()
    for name, content in documents(load(settings)).items():
        (build / name).write_bytes(content)
    place = LocalAccount(local_aws.state_folder.parent, local_aws.port)
    return Proof(Evaluator(place.decisions), build, folder)
