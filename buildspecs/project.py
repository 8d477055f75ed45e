"""What is known of the project that runs a buildspec; each of it may be unknown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _unreadable(_path: str) -> None:
    return None


@dataclass(frozen=True)
class ProjectFacts:
    """Facts of a CodeBuild project, None where they are unknown.

    ``image`` and ``environment_type`` are as CodeBuild writes them (``aws/codebuild/standard:7.0``,
    ``LINUX_CONTAINER``). ``variables`` are the project's environment variables by name, None for a value that is not
    known. ``source`` gives the text of a file of the source by its path from the source's root, None when there is no
    such file or it can't be read; ``has_source`` tells whether it can be asked at all.
    """

    image: str | None = None
    environment_type: str | None = None
    privileged: bool | None = None
    variables: Mapping[str, str | None] | None = None
    in_pipeline: bool | None = None
    source: Callable[[str], str | None] = field(default=_unreadable)

    @property
    def has_source(self) -> bool:
        """Return whether files of the source can be read."""
        return self.source is not _unreadable

    @property
    def on_windows(self) -> bool:
        """Return whether commands are run by PowerShell or cmd, as far as the project tells."""
        return any("windows" in (fact or "").casefold() for fact in (self.image, self.environment_type))

    @property
    def on_other_system(self) -> bool:
        """Return whether it is no build on Linux containers that select runtimes: Windows, macOS, AWS Lambda."""
        kind = (self.environment_type or "").upper()
        return self.on_windows or "MAC" in kind or "LAMBDA" in kind
