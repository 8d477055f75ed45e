"""What of this project the linters look at."""

from contracts.check import check
from linting.discovery import DiscoveredFile
from linting.file_kinds import Kind
from reporting.errors import CannotRunError
from reporting.findings import Finding
from settings import environment
from settings.root import BUILD, ENVIRONMENTS, PROJECT_ROOT
from system_model.repository import Repository

MANIFEST = "manifest.json"


def project_files() -> list[DiscoveredFile]:
    """Give the templates of `build/`."""
    templates = sorted(path for path in BUILD.glob("*.json") if path.name != MANIFEST)
    if not templates:
        raise CannotRunError("build/: no template lies there; make them with `make templates`.")
    return [DiscoveredFile(str(path.relative_to(PROJECT_ROOT)), Kind.TEMPLATE, path.read_bytes()) for path in templates]


def project_regions() -> list[str]:
    """Give the regions that the environment files name."""
    return sorted({environment.load(path).region for path in sorted(ENVIRONMENTS.glob("*.toml"))})


def project_contracts() -> tuple[list[str], list[Finding]]:
    """Look at what the project's files say of one another; gives the other files looked at, and what was found."""
    templates = {path.name: path.read_bytes() for path in sorted(BUILD.glob("*.json"))}
    repository = Repository(PROJECT_ROOT)
    found = check(templates, repository, "build/")
    return repository.read_files(), found
