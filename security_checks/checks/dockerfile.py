"""Faults of the service's Dockerfiles, by hadolint, and whether what they make runs as root.

https://github.com/hadolint/hadolint
"""

from pathlib import Path

from reporting.findings import Severity
from security_checks import programs
from security_checks.last_stage import last_stage
from security_checks.results import Finding, Seen
from security_checks.source import Source

CHECK = "dockerfile"
CONFIGURATION = Path(__file__).resolve().parent.parent / "hadolint.yaml"
PATTERNS = ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile")
SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING}
"""What hadolint says of style alone makes nothing fail."""
ROOT = ("", "0", "root")


def look(source: Source) -> Seen:
    """Look at the Dockerfiles in the service's folder."""
    files = sorted({path for pattern in PATTERNS for path in source.service.glob(pattern) if path.is_file()})
    if not files:
        return Seen("no Dockerfile in the service's folder", applies=False)
    words = [*programs.program("hadolint"), "--format", "json", "--no-fail", "--disable-ignore-pragma"]
    found = programs.json_of([*words, "--config", str(CONFIGURATION), *map(str, files)], source.time_limit)
    findings = [
        Finding(
            CHECK, one["code"], source.place(Path(one["file"]), one["line"]), one["message"], SEVERITIES[one["level"]]
        )
        for one in found
        if one["level"] in SEVERITIES
    ]
    for path in files:
        stage = last_stage(path.read_text("utf-8", "replace"))
        if stage.user.partition(":")[0] in ROOT:
            message = (
                "the image runs as root; end it with USER and the number of one without rights, as USER 10001:10001."
            )
            findings.append(Finding(CHECK, "runs-as-root", source.place(path, stage.line), message))
    return Seen(", ".join(source.place(path) for path in files), findings)
