"""What of this project the linters look at."""

from collections.abc import Callable, Sequence

from linting.discovery import DiscoveredFile
from linting.recognition.file_kinds import Kind
from reporting.errors import CannotRunError
from reporting.findings import Finding
from reporting.terminal import Progress
from settings.root import BUILD, ENVIRONMENTS, PROJECT_ROOT

MANIFEST = "manifest.json"
Judge = Callable[[Sequence[DiscoveredFile], Sequence[str], Callable[[str], None]], list[Finding]]


def project_findings(judge: Judge) -> tuple[list[str], list[Finding]]:
    """Return the files of the project that were looked at, and what was found in them and between them."""
    files = _templates()
    progress = Progress()
    try:
        found = judge(files, _regions(), progress.show)
    finally:
        progress.clear()
    others, broken = _contracts()
    return [*(one.name for one in files), *others], sorted({*found, *broken})


def _templates() -> list[DiscoveredFile]:
    """Return the templates of `build/`."""
    if not BUILD.is_dir():
        raise CannotRunError("Name what to lint: a template, a buildspec, an AppSpec file, or a folder of them.")
    templates = sorted(path for path in BUILD.glob("*.json") if path.name != MANIFEST)
    if not templates:
        raise CannotRunError("build/: no template lies there; make them with `make templates`.")
    return [DiscoveredFile(str(path.relative_to(PROJECT_ROOT)), Kind.TEMPLATE, path) for path in templates]


def _regions() -> list[str]:
    """Return the regions that the environment files name."""
    from settings import environment  # noqa: PLC0415 - an installed linter has no environments

    return sorted({environment.load(path).region for path in sorted(ENVIRONMENTS.glob("*.toml"))})


def _contracts() -> tuple[list[str], list[Finding]]:
    """Look at what the project's files say of one another; gives the other files looked at, and what was found."""
    from contracts.check import check  # noqa: PLC0415 - files of others have no contracts
    from system_model.repository import Repository  # noqa: PLC0415 - the same

    templates = {path.name: path.read_bytes() for path in sorted(BUILD.glob("*.json"))}
    repository = Repository(PROJECT_ROOT)
    found = check(templates, repository, "build/")
    return repository.read_files(), found
