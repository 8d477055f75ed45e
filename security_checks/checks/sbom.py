"""The SBOM: what the service is made of, as CycloneDX; the same source gives the same bytes.

What the lock file names is installed, from wheels alone, so that nothing of it runs; the licences are in there.
https://github.com/CycloneDX/cyclonedx-python
"""

import json
import tempfile
from pathlib import Path

from packaging.utils import canonicalize_name

from security_checks import programs
from security_checks.lock_file import pins, without_lock
from security_checks.results import NotCheckedError, Seen
from security_checks.source import Source

CHECK = "sbom"
INSTALL = ("install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "--no-deps")
AS_LOCKED = ("--require-hashes", "--only-binary", ":all:", "--requirement")


def look(source: Source) -> Seen:
    """Write the SBOM of what the lock file names."""
    source.sbom.unlink(missing_ok=True)
    if not source.lock.is_file():
        return without_lock(source.service)
    wanted = {pin.name for pin in pins(source.lock)}
    with tempfile.TemporaryDirectory() as scratch:
        python = Path(scratch, "bin", "python")
        programs.output_of([*programs.module("venv"), "--without-pip", scratch], source.time_limit)
        pip = [*programs.module("pip"), "--python", str(python), *INSTALL, *AS_LOCKED, str(source.lock)]
        programs.output_of(pip, source.time_limit)
        tool = [*programs.module("cyclonedx_py"), "environment", "--output-reproducible", "--sv", "1.6", "--of", "JSON"]
        programs.output_of([*tool, "--output-file", str(source.sbom), str(python)], source.time_limit)
    named = {canonicalize_name(one["name"]) for one in json.loads(source.sbom.read_text("utf-8")).get("components", ())}
    if wanted - named:
        raise NotCheckedError(f"the SBOM lacks {', '.join(sorted(wanted - named))}.")
    return Seen(f"{len(named)} packages, in {source.sbom.name}")
