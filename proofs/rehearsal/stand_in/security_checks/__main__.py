"""Stands for the security checks in a proof: the files that they leave, with nothing found."""

from pathlib import Path

FILES = {
    "sast.xml": '<testsuite name="sast"><testcase classname="sast" name="nothing found" time="0.1"/></testsuite>',
    "security.sarif": "{}",
    "results.json": "[]",
    "sbom.cdx.json": "{}",
    "vex.cdx.json": "{}",
}

if __name__ == "__main__":
    reports = Path("reports", "security")
    reports.mkdir(parents=True)
    for name, text in FILES.items():
        (reports / name).write_text(text)
