"""What stands for a service in a proof: its own buildspecs, with a stand-in for what they work on.

How an image is baked is the service's own; what is tested, and what runs, is cut short.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from reporting.errors import CannotRunError
from settings.root import PROJECT_ROOT
from settings.service import Service

MODELS = Path(__file__).resolve().parent / "models"
TESTS, CHECKS = "stand-in-tests", "stand-in-checks"
"""The scripts in place of the service's tests and of the checks of its source."""
PACKAGES = ("admission", "security_checks", "reporting", "verification")
"""What a bake, the gate before a deployment and what looks at it afterwards run, beside the service."""
PHASES = ("install", "pre_build", "build", "post_build")
"""In their order."""
_STAGE = re.compile(r"^[ \t]*FROM[ \t].*[ \t]AS[ \t]+([A-Za-z0-9_.-]+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_NOT_COPIED = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "venv", "reports")
_REPORTS = {
    "JUNITXML": '<testsuite name="stand-in"><testcase classname="stand-in" name="outcome" time="0.1">$failure'
    "</testcase></testsuite>",
    "COBERTURAXML": '<coverage line-rate="1"><packages><package name="stand-in"><classes><class name="answer" '
    'filename="answer.py" line-rate="1"><lines><line number="1" hits="1"/></lines></class></classes></package>'
    "</packages></coverage>",
}
"""https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#reports-buildspec-file"""


def write(service: Service, top: Path) -> None:
    """Write what stands for ``service`` below ``top``, the repository's folder."""
    delivery = service.delivered
    folder = top / delivery.folder
    shutil.copytree(PROJECT_ROOT / delivery.folder, folder, ignore=_NOT_COPIED)
    stages = _STAGE.findall(_text(folder / "Dockerfile"))
    before = [f"FROM ${{PYTHON_IMAGE}} AS {stage}\nCOPY unique /opt/" for stage in stages]
    for path in MODELS.iterdir():
        text = path.read_text("utf-8").replace("@STAGES@", "\n".join(before))
        (folder / path.name.removesuffix(".model")).write_text(text, "utf-8")
    (folder / "port").write_text(f"{service.port}\n", "utf-8")
    wanted = delivery.verification.requests if delivery.verification else ()
    (folder / "answers.json").write_text(json.dumps({one.path: [one.status, one.text] for one in wanted}), "utf-8")
    # A layer that no other image on this machine has: what is to be pulled is not there already.
    (folder / "unique").write_text(secrets.token_hex(), "utf-8")
    for package in PACKAGES:
        shutil.copytree(PROJECT_ROOT / package, top / package, ignore=_NOT_COPIED, dirs_exist_ok=True)
    _write_buildspecs(service, top)


def _write_buildspecs(service: Service, top: Path) -> None:
    delivery = service.delivered
    admission = [delivery.admission.build.buildspec] if delivery.admission.required else []
    verification = [delivery.verification.buildspec] if delivery.verification else []
    checks = (delivery.test.buildspec, delivery.security.build.buildspec)
    for name in (*checks, delivery.bake.buildspec, *admission, *verification):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(_text(PROJECT_ROOT / name), "utf-8")
    _cut_short(top, delivery.test.buildspec, f"{delivery.folder}/{TESTS}", f"{delivery.folder}/outcome")
    _cut_short(top, delivery.security.build.buildspec, f"{delivery.folder}/{CHECKS}", "")


def write_bake(service: Service, top: Path, *, signs: bool) -> None:
    """Write the buildspec of the bake as it is, or so that it knows of no key to sign with."""
    name = service.delivered.bake.buildspec
    text = _text(PROJECT_ROOT / name)
    if not signs:
        buildspec = _buildspec(PROJECT_ROOT / name)
        first = next(buildspec["phases"][phase] for phase in PHASES if phase in buildspec["phases"])
        first["commands"] = ["export SIGNING_KEY=", *first["commands"]]
        text = json.dumps(buildspec, indent=2)
    (top / name).write_text(text, "utf-8")


def _cut_short(top: Path, name: str, script: str, outcome: str) -> None:
    """Have a buildspec do nothing but write the files that are taken from it, and end as ``outcome`` begins."""
    buildspec = _buildspec(top / name)
    buildspec["phases"] = {"build": {"commands": [f"bash {script}"]}}
    (top / name).write_text(json.dumps(buildspec, indent=2), "utf-8")
    (top / script).write_text("\n".join(_lines(outcome, buildspec)) + "\n", "utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRunError(
            f"{path}: found no text there ({error}); allowed is a file that the build reads."
        ) from None


def _buildspec(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise CannotRunError(f"{path}: it is not valid YAML: {error}.") from None
    if not isinstance(found, dict):
        raise CannotRunError(f"{path}: found no buildspec; allowed is a mapping with version and phases.")
    return found


def _lines(outcome: str, buildspec: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines of the script."""
    yield "# Stands for what the service does here; run from the repository's top."
    yield f"read -r status _ <{outcome}" if outcome else "status=0"
    yield from ("failure=", """((status == 0)) || failure='<failure message="as the scenario wants it"/>'""")
    for group in (buildspec.get("reports") or {}).values():
        text = _REPORTS.get(str(group.get("file-format", "JUNITXML")).upper(), _REPORTS["JUNITXML"])
        yield from _written(group, text)
    yield from _written(buildspec.get("artifacts") or {}, "[]")
    yield 'exit "$status"'


def _written(group: Mapping[str, Any], text: str) -> Iterator[str]:
    for name in group.get("files", []):
        path = f"{group.get('base-directory', '.')}/{str(name).replace('**/', '').replace('*', 'results')}"
        quoted = text.replace('"', '\\"')
        yield from (f'mkdir -p "$(dirname "{path}")"', f'echo "{quoted}" >"{path}"')
