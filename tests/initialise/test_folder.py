"""What a server loads of a service whose modules are in `src`, or in its own folder."""

from pathlib import Path

import pytest

from initialise.folder import DJANGO, look
from tests.initialise.services import FLASK, SERVICES

WSGI = SERVICES["django"]["site1/wsgi.py"]


@pytest.mark.parametrize(
    ("files", "application", "sources"),
    [
        ({"src/store/__init__.py": FLASK}, "store:app", "src"),
        (
            {"src/store/web.py": f"from store.db import URL\n{FLASK}", "src/store/db.py": "URL = 1"},
            "store.web:app",
            "src",
        ),
        ({"src/app.py": FLASK}, "app:app", "src"),
        ({"src/app.py": f"from .db import URL\n{FLASK}", "src/db.py": "URL = 1"}, "src.app:app", ""),
        ({"src/app.py": f"from src.db import URL\n{FLASK}", "src/db.py": "URL = 1"}, "src.app:app", ""),
        ({"src/__init__.py": "", "src/app.py": FLASK}, "src.app:app", ""),
        ({"app.py": FLASK, "src/db.py": "URL = 1"}, "app:app", "src"),
        ({"store/app.py": FLASK}, "store.app:app", ""),
        ({"src/manage.py": "", "src/site1/wsgi.py": WSGI}, "site1.wsgi:application", "src"),
    ],
)
def test_modules_are_found_where_the_service_has_them(
    tmp_path: Path, files: dict[str, str], application: str, sources: str
) -> None:
    for name, text in {**files, "requirements.txt": "flask\n"}.items():
        (tmp_path / "shop" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / name).write_text(text, "utf-8")
    found = look(tmp_path, "shop")
    assert (found.application, found.sources) == (application, sources)
    assert (found.kind == DJANGO) == ("wsgi" in application)
