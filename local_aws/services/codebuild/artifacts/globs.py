"""Finds files by CodeBuild's patterns: ``*`` within a name, ``**`` across folders, dot files included."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

WILD = re.compile(r"[*?\[]")
_PIECE = re.compile(r"\[[^\]]{1,100}\]|.", re.DOTALL)


def expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression that a relative path must match in full, in a time that grows with its length.

    What stands between two wildcards is matched at its first place, which leaves most room for what follows; no other
    place is ever tried.
    """
    groups: list[list[str]] = [[]]
    for part in pattern.split("/"):
        if part == "**":
            groups.append([])
        elif part not in ("", "."):
            groups[-1].append(_part(part))
    first, *between = ("/".join(group) for group in groups)
    if not between:
        return re.compile(first, re.DOTALL)
    *between, last = between
    text = f"{first}/" if first else ""
    text += "".join(f"(?>(?:[^/]+/)*?{group}/)" for group in between if group)
    return re.compile(text + (f"(?:[^/]+/)*{last}" if last else ".*"), re.DOTALL)


def excluding(patterns: Sequence[str]) -> Sequence[re.Pattern[str]]:
    """Give expressions for exclude-paths; ``x/**/*`` is documented to exclude a file named x as well."""
    shorter = [pattern.removesuffix("/**/*") for pattern in patterns if pattern.endswith("/**/*")]
    return [expression(pattern) for pattern in (*patterns, *(pattern for pattern in shorter if pattern != "**"))]


def files(base: Path, pattern: str, *, within: Path, follow: bool = True) -> list[PurePosixPath]:
    """Return the files below ``base`` that match, relative to it; ``follow`` enters folders that are symbolic links.

    None leads out of ``within``, by a name or by a link; nothing may run that could change that.
    """
    if _leads_out(pattern):
        return []
    cleaned = str(PurePosixPath(pattern))
    if not WILD.search(cleaned):
        path = base / cleaned
        there = path.is_file() or (path.is_symlink() and not follow)
        return [PurePosixPath(cleaned)] if there and is_inside(path, within) else []
    matcher = expression(cleaned)
    found = _walk(base, _fixed_part(cleaned), within, follow=follow)
    return sorted(path for path in found if matcher.fullmatch(str(path)))


def folders(base: Path, pattern: str) -> list[Path]:
    """Give the folders that a base-directory names: one, or all top-level ones that match; none outside of ``base``."""
    if _leads_out(pattern):
        return []
    named = sorted(base.glob(pattern)) if WILD.search(pattern) else [base / pattern]
    return [path for path in named if path.is_dir() and is_inside(path, base)]


def is_inside(path: Path, folder: Path) -> bool:
    """Check that a path, with all links followed, lies in ``folder``."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _leads_out(pattern: str) -> bool:
    path = PurePosixPath(pattern)
    return path.is_absolute() or ".." in path.parts


def _part(part: str) -> str:
    """Return the expression of one name."""
    texts = [""]
    for piece in _PIECE.findall(part):
        if piece == "*":
            texts.append("")
        else:
            texts[-1] += _piece(piece)
    first, *rest = texts
    if not rest:
        return first
    *between, last = rest
    return first + "".join(f"(?>[^/]*?{text})" for text in between if text) + f"[^/]*{last}"


def _piece(piece: str) -> str:
    if piece == "?":
        return "[^/]"
    if len(piece) == 1:
        return re.escape(piece)
    negation = "^" if piece[1] in "!^" else ""
    return f"[{negation}{re.escape(piece[1:-1].lstrip('!^'))}]".replace(r"\-", "-")


def _fixed_part(pattern: str) -> str:
    parts = pattern.split("/")
    fixed = next((index for index, part in enumerate(parts) if WILD.search(part)), len(parts))
    return "/".join(parts[:fixed])


def _walk(base: Path, start: str, within: Path, *, follow: bool) -> Iterator[PurePosixPath]:
    seen: set[str] = set()
    if not is_inside(base / start, within):
        return
    for folder, inner, names in os.walk(base / start, followlinks=follow):
        real = os.path.realpath(folder)
        if real in seen or not is_inside(Path(real), within):
            inner.clear()
            continue
        seen.add(real)
        links = [] if follow else [name for name in inner if Path(folder, name).is_symlink()]
        for name in (*names, *links):
            path = Path(folder, name)
            if path.is_symlink() and not is_inside(path, within):
                continue
            if path.is_file() or path.is_symlink():
                yield PurePosixPath(path.relative_to(base).as_posix())
