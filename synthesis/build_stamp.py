"""Tells that nothing has changed since the templates were last made and found in order, without making them again.

The stamp holds a digest of every file that goes into the templates and into the verdict on them, and of what came out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from linting.cache_key import cache_key
from settings.cache import CACHE, keep
from settings.root import ENVIRONMENTS, PROJECT_ROOT
from settings.toml_file import shown
from synthesis.source_files import source_bytes
from system_model.repository import is_unchanged

FOLDER = CACHE / "templates"
LOCK = PROJECT_ROOT / "requirements.txt"


def inputs(settings: Path, regions: Sequence[str]) -> str:
    """Return the digest of everything that the templates made from ``settings`` depend on."""
    digest = hashlib.sha256()
    for part in (*source_bytes(), settings.read_bytes(), LOCK.read_bytes(), *cache_key(regions)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def is_current(output: Path, digest: str) -> bool:
    """Return whether ``output`` still holds, byte for byte, what was made from inputs of that ``digest``."""
    try:
        stamp = json.loads(_path(output).read_text("utf-8"))
        if stamp["inputs"] != digest:
            return False
        present = {path.name: _digest(path.read_bytes()) for path in output.glob("*.json")}
        return present == stamp["outputs"] and is_unchanged(PROJECT_ROOT, stamp["looked_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(output: Path, digest: str, made: Mapping[str, bytes], looked_at: Mapping[str, str]) -> None:
    """Note that ``output`` now holds ``made``, found in order together with what was ``looked_at`` beside it."""
    outputs = {name: _digest(content) for name, content in made.items()}
    stamp = {"inputs": digest, "outputs": outputs, "looked_at": dict(looked_at)}
    keep(_path(output), json.dumps(stamp))


def regions_of_environments() -> list[str]:
    """Return the regions that the environment files name: the templates must be in order in each of them."""
    return sorted({region for _, region in _regions()})


def environments_in(region: str) -> list[str]:
    """Return the environment files that name a region."""
    return [shown(path) for path, each in _regions() if each == region]


def _regions() -> list[tuple[Path, str]]:
    from settings import environment  # noqa: PLC0415 - only needed where templates are looked at

    return [(path, environment.load(path).region) for path in sorted(ENVIRONMENTS.glob("*.toml"))]


def _path(output: Path) -> Path:
    return FOLDER / f"{_digest(str(output.resolve()).encode())[:16]}.json"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
