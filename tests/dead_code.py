"""`python -m tests.dead_code`: names that nothing but tests uses, one a line; exit code 1 where there are any.

A library's own names that are assigned to are attributes for vulture, and a rule's class is found by its package.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from vulture.core import Vulture

from settings.root import PROJECT_ROOT
from tests.test_walls import MAY_IMPORT

ROOMS = (*(room for room in MAY_IMPORT if room != "backend-flask"), "benchmarks")
SERVICE = ("app.py", "gunicorn.conf.py", "cruddur")
READ_BY_GUNICORN = ("gunicorn.conf.py",)
CALLED_BY_LIBRARIES = [
    "__dir__",  # Python's
    "__getattr__",
    "__init_subclass__",
    "Worker",  # gunicorn's
    "_is_websocket_upgrade",
    "create_system",  # zipfile's
    "compress_type",
    "do_*",  # http.server's
    "eof_received",  # asyncio's
    "log_message",
]
RULES = {PROJECT_ROOT / "lint_rules", PROJECT_ROOT / "buildspecs" / "rules"}
NOT_LOOKED_AT = ("attribute", "import")  # what is assigned to a library's object; imports are ruff's
LEAST_CONFIDENCE = 60


def dead() -> Iterator[str]:
    """Yield what is dead, as `file:line: kind and name`."""
    reader = Vulture(ignore_names=CALLED_BY_LIBRARIES, ignore_decorators=["@*.get", "@*.post", "@*.errorhandler"])
    reader.scavenge([str(PROJECT_ROOT / room) for room in ROOMS])
    reader.scavenge([str(path) for name in SERVICE if (path := PROJECT_ROOT / "backend-flask" / name).exists()])
    for item in reader.get_unused_code(min_confidence=LEAST_CONFIDENCE):
        path = Path(item.filename)
        found_by_package = item.typ == "class" and RULES & {*path.parents}
        if item.typ in NOT_LOOKED_AT or found_by_package or path.name in READ_BY_GUNICORN:
            continue
        yield f"{path.relative_to(PROJECT_ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}"


if __name__ == "__main__":
    found = [*dead()]
    for line in found:
        print(f"{line}: remove it, or use it outside of the tests", file=sys.stderr)
    raise SystemExit(1 if found else 0)
