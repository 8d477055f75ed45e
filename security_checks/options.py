"""What the command was told: options, and for a build their values from the environment."""

import argparse
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from reporting.errors import CannotRunError
from security_checks.source import Source

OSV = "https://api.osv.dev"
"""https://google.github.io/osv.dev/api/"""
WAIVERS = "config/waivers.toml"


def parsed(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> tuple[Source, str]:
    """Return what to look at, and the path of the waivers below its root; raises ``CannotRunError``."""
    chosen = _parser(environment).parse_args(words)
    root = Path(chosen.root).resolve()
    folder = (root / chosen.folder).resolve()
    if not folder.is_dir() or not folder.is_relative_to(root):
        raise CannotRunError(
            f"--folder: {chosen.folder!r} is not a folder below {root}; give the service's (SERVICE_FOLDER)."
        )
    address = urlsplit(chosen.advisories)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise CannotRunError(f"--advisories: {chosen.advisories!r} is not an address; allowed is one such as {OSV}.")
    if not 0 < chosen.time_limit < math.inf:
        raise CannotRunError(f"--time-limit: found {chosen.time_limit:g}; allowed are seconds above 0, such as 300.")
    source = Source(
        root=root,
        folder=folder.relative_to(root).as_posix(),
        output=(root / chosen.output).resolve(),
        not_shipped=_listed(chosen.not_shipped),
        licences=_listed(chosen.licences),
        advisories=chosen.advisories.rstrip("/"),
        since=chosen.since,
        time_limit=chosen.time_limit,
    )
    return source, chosen.waivers


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="security_checks",
        description="Check a service's source: code, dependencies, secrets, Dockerfile, licences; and write its SBOM.",
        epilog="Exit codes: 0 all is in order, 1 findings or something that could not be checked, 2 bad options.",
    )
    add = parser.add_argument
    add("--root", default=".", help="the top of the source (the current folder)")
    add(
        "--folder",
        default=environment.get("SERVICE_FOLDER", "."),
        help="the service's folder below it (SERVICE_FOLDER)",
    )
    not_shipped = environment.get("NOT_SHIPPED", "")
    add("--not-shipped", default=not_shipped, help="folders of it that do not run, with ; between (NOT_SHIPPED)")
    licences = environment.get("ALLOWED_LICENCES", "")
    add("--licences", default=licences, help="licences that are allowed, with ; between (ALLOWED_LICENCES)")
    advisories = environment.get("ADVISORY_SERVICE_URL") or OSV
    add(
        "--advisories", default=advisories, help=f"the service that knows vulnerabilities ({OSV}, ADVISORY_SERVICE_URL)"
    )
    since = environment.get("LAST_RELEASE", "")
    add("--since", default=since, help="the commit released last: later ones are searched for secrets (LAST_RELEASE)")
    add("--waivers", default=WAIVERS, help=f"the file of waivers ({WAIVERS})")
    add("--output", default="reports/security", help="the folder for reports, SARIF, SBOM and VEX (reports/security)")
    add("--time-limit", type=float, default=300.0, help="seconds for each tool (300)")
    return parser
