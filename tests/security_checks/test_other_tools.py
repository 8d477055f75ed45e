"""What checkov and cdk-nag say of `build/` is what docs/security.md answers: no finding more, and none less.

Neither is part of the project, so each test is skipped where its tool is not: docs/security.md says how to have both.
"""

import csv
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings.root import BUILD
from tests.test_trust import answers_to_other_tools

pytestmark = pytest.mark.slow
CHECKOV = shutil.which("checkov")
CDK_NAG = os.environ.get("CDK_NAG", "")
"""A folder with the node_modules of aws-cdk-lib and cdk-nag."""
SCRIPT = Path(__file__).parent / "cdk_nag.js"


def answered(prefix: str) -> set[tuple[str, str]]:
    """Return each answered finding on a resource that is there as shipped; those of other settings have none."""
    found = answers_to_other_tools().items()
    return {(one, resource) for one, resources in found if one.startswith(prefix) for resource in resources}


def of_checkov() -> Iterator[tuple[str, str]]:
    words = [str(CHECKOV), "--directory", str(BUILD), "--framework", "cloudformation", "--output", "json", "--quiet"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    for failed in json.loads(done.stdout)["results"]["failed_checks"]:
        yield failed["check_id"], failed["resource"].rpartition(".")[2]


def of_cdk_nag(reports: Path) -> Iterator[tuple[str, str]]:
    modules = {**os.environ, "NODE_PATH": str(Path(CDK_NAG).resolve() / "node_modules")}
    # It ends with 1 where it finds anything.
    subprocess.run(["node", SCRIPT, BUILD, reports], env=modules, capture_output=True, check=False)
    for report in reports.glob("*NagReport.csv"):
        with report.open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                if row["Compliance"] != "Compliant":
                    yield re.sub(r"\[.*", "", row["Rule ID"]), row["Resource ID"].rpartition("/")[2]


@pytest.mark.skipif(not CHECKOV, reason="checkov is not on the PATH")
def test_each_finding_of_checkov_is_answered() -> None:
    assert set(of_checkov()) == answered("CKV")


@pytest.mark.skipif(not CDK_NAG, reason="CDK_NAG names no folder with cdk-nag")
def test_each_finding_of_cdk_nag_is_answered(tmp_path: Path) -> None:
    assert set(of_cdk_nag(tmp_path)) == answered("AwsSolutions")
