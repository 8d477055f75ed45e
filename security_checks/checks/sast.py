"""Static analysis of the service's code: the security rules of ruff, which are bandit's.

https://docs.astral.sh/ruff/rules/#flake8-bandit-s
"""

from pathlib import Path

from security_checks import programs
from security_checks.results import Finding, Seen
from security_checks.source import Source

CHECK = "sast"
RULES = "S,PGH004"
"""A ``noqa`` counts where it names the rule that it silences; PGH004 finds those that don't."""


def look(source: Source) -> Seen:
    """Look at all Python of the service that is shipped; the configuration in the source changes nothing."""
    options = ["--isolated", "--no-cache", "--select", RULES, "--no-respect-gitignore"]
    options += [word for name in source.not_shipped for word in ("--extend-exclude", f"{source.service / name}")]
    ruff = [*programs.module("ruff"), "check", *options]
    listed = programs.output_of([*ruff, "--show-files", str(source.service)], source.time_limit)
    files = [line for line in listed.splitlines() if line.endswith((".py", ".pyi", ".ipynb"))]
    if not files:
        return Seen("no Python in the service's folder", applies=False)
    words = [*ruff, "--output-format", "json", str(source.service)]
    found = programs.json_of(words, source.time_limit, codes=(0, 1))
    findings = [
        Finding(
            CHECK,
            one["code"] or "invalid-syntax",
            source.place(Path(one["filename"]), one["location"]["row"]),
            one["message"],
        )
        for one in found
    ]
    return Seen(f"{len(files)} files of Python", findings)
