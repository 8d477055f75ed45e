"""What of this project the linters look at."""

from pathlib import Path

from linting.kinds import Kind
from linting.paths import Looked
from reporting.errors import CannotRunError
from reporting.findings import Finding
from settings import environment, project
from settings.root import BUILD, ENVIRONMENTS, PROJECT_ROOT, SETTINGS_FILE

MANIFEST = "manifest.json"


def own_files() -> list[Looked]:
    """Give the templates of `build/`, and the buildspecs that the settings name."""
    templates = sorted(path for path in BUILD.glob("*.json") if path.name != MANIFEST)
    if not templates:
        raise CannotRunError("build/: no template lies there; make them with `make templates`.")
    services = project.load(SETTINGS_FILE).services
    buildspecs = sorted({PROJECT_ROOT / build.buildspec for one in services for build in (one.test, one.bake)})
    return [
        *(_looked(path, Kind.TEMPLATE) for path in templates),
        *(_looked(path, Kind.BUILDSPEC) for path in buildspecs if path.is_file()),
    ]


def own_regions() -> list[str]:
    """Give the regions that the environment files name."""
    return sorted({environment.load(path).region for path in sorted(ENVIRONMENTS.glob("*.toml"))})


def own_contracts() -> list[Finding]:
    """Give what the project's files say differently from one another."""
    return []


def _looked(path: Path, kind: Kind) -> Looked:
    return Looked(str(path.relative_to(PROJECT_ROOT)), kind, path.read_bytes())
