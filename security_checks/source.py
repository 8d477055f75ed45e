"""What the checks look at, and what they were told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A source tree. ``root`` is its top; ``folder`` is the service's, relative to it; ``output`` is where files go.

    ``not_shipped`` are folders below the service's that are not part of what runs; ``licences`` are the allowed ones;
    ``advisories`` is the address of a service that speaks OSV's protocol; ``since`` is the commit released last, empty
    where it is not known; ``time_limit`` is in seconds, for each run of a tool.
    """

    root: Path
    folder: str
    output: Path
    not_shipped: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    advisories: str = ""
    since: str = ""
    time_limit: float = 300.0

    @property
    def service(self) -> Path:
        """The service's folder."""
        return self.root / self.folder

    @property
    def lock(self) -> Path:
        """The file that names what the service is installed from."""
        return self.service / "requirements.txt"

    @property
    def sbom(self) -> Path:
        """Where the SBOM goes."""
        return self.output / "sbom.cdx.json"

    def place(self, path: Path, line: int = 0) -> str:
        """Return a place as findings name it."""
        name = path.relative_to(self.root).as_posix()
        return f"{name}:{line}" if line else name
