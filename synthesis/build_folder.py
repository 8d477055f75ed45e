"""The files of `build/`: made beside it, looked at there, and put in their places only when nothing is wrong."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from settings.project import Project
from synthesis.template_cache import TemplateCache
from templates_src.manifest import manifest
from templates_src.render import text
from templates_src.stacks import stacks

MANIFEST = "manifest.json"


def documents(project: Project) -> dict[str, bytes]:
    """Make every file of `build/`: name to bytes, templates in deployment order, then the manifest."""
    memory = TemplateCache()
    made = {stack.file: memory.made(stack) for stack in stacks(project)}
    memory.forget_oldest()
    contents = {file: template for file, (template, _) in made.items()}
    contents[MANIFEST] = text(manifest(project, [entry for _, entry in made.values()]))
    return {name: content.encode() for name, content in contents.items()}


def templates_of(made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out what is not a template."""
    return {name: content for name, content in made.items() if name != MANIFEST}


@contextmanager
def beside(output: Path, made: Mapping[str, bytes]) -> Iterator[Path]:
    """Write ``made`` into a folder beside ``output``; the folder is gone afterwards, whatever happens."""
    output.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    try:
        for name, content in made.items():
            (folder / name).write_bytes(content)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(folder: Path, output: Path, made: Mapping[str, bytes]) -> None:
    """Move the files of ``folder`` to ``output``, and take away templates there that are not made any more."""
    output.mkdir(exist_ok=True)
    for name in made:
        (folder / name).replace(output / name)
    for path in output.glob("*.json"):
        if path.name not in made:
            path.unlink()


def differences(output: Path, made: Mapping[str, bytes]) -> list[str]:
    """Tell, one sentence a file, how ``output`` differs from what the source makes."""
    told = [_difference(output / name, content) for name, content in made.items()]
    left_over = sorted(path.name for path in output.glob("*.json") if path.name not in made)
    told += [f"{output.name}/{name}: nothing makes this file any more." for name in left_over]
    return [sentence for sentence in told if sentence]


def _difference(path: Path, content: bytes) -> str:
    place = f"{path.parent.name}/{path.name}"
    try:
        present = path.read_bytes()
    except OSError:
        return f"{place}: the file is missing."
    if present == content:
        return ""
    pairs = zip(present.splitlines(), content.splitlines(), strict=False)
    same = next((number for number, (old, new) in enumerate(pairs) if old != new), None)
    line = min(present.count(b"\n"), content.count(b"\n")) if same is None else same
    return f"{place}:{line + 1}: it is not what the source makes, from this line on."
