"""Writes all of the files or none."""

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_EXECUTABLE = b"#!"


@dataclass(frozen=True)
class FileChange:
    """A file that is to be written; ``present`` is what is there, ``None`` where nothing is."""

    path: str
    text: str
    present: str | None

    @property
    def kind(self) -> str:
        """How the change is called."""
        return "new" if self.present is None else "changed"

    def difference(self) -> Iterator[str]:
        """Give the lines that differ."""
        before = [] if self.present is None else self.present.splitlines(keepends=True)
        yield from difflib.unified_diff(
            before, self.text.splitlines(keepends=True), "/dev/null" if self.present is None else self.path, self.path
        )


def changes(root: Path, files: Mapping[str, str]) -> list[FileChange]:
    """Return those of ``files`` (path to text) that are not as they are to be."""
    found = [FileChange(path, text, _present(root / path)) for path, text in files.items()]
    return [one for one in found if one.text != one.present]


def _present(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.exists() else None


def write(root: Path, changed: list[FileChange]) -> None:
    """Write them; where one can't be written, those before it are as they were again, and ``OSError`` is raised."""
    done: list[FileChange] = []
    with tempfile.TemporaryDirectory(prefix=".init-", dir=root) as folder:
        for number, one in enumerate(changed):
            beside = Path(folder, str(number))
            beside.write_text(one.text, "utf-8")
            if one.text.encode().startswith(_EXECUTABLE):
                beside.chmod(0o755)
        try:
            for number, one in enumerate(changed):
                target = root / one.path
                target.parent.mkdir(parents=True, exist_ok=True)
                if one.present is not None:
                    shutil.copymode(target, Path(folder, str(number)))
                Path(folder, str(number)).replace(target)
                done.append(one)
        except BaseException:
            for one in done:
                _restore(root / one.path, one.present)
            raise


def _restore(path: Path, present: str | None) -> None:
    if present is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(present, "utf-8")
