"""What a Python service can't start without is told from what it can do without."""

from pathlib import Path

import pytest

from system_model.demanded_variables import demanded
from system_model.repository import Repository

OF_ONE_FILE: tuple[tuple[str, dict[str, str]], ...] = (
    ('import os\nKEY = os.environ["KEY"]\n', {"KEY": "shop/app.py:2"}),
    ('from os import environ\nA = environ["KEY"]\n', {"KEY": "shop/app.py:2"}),
    ('import os\nclass Settings:\n    key = os.environ["KEY"].strip()\n', {"KEY": "shop/app.py:3"}),
    ('import os\ndef make():\n    return os.environ["KEY"]\napp = make()\n', {"KEY": "shop/app.py:3"}),
    ('import os\ndef later():\n    return os.environ["KEY"]\n', {}),
    ('import os\nKEY = os.environ.get("KEY")\nOTHER = os.getenv("OTHER")\n', {}),
    ('import os\nKEY = os.getenv("KEY") or os.environ["OTHER"]\n', {}),
    ('import os\nKEY = os.environ["KEY"] if os.getenv("A") else ""\n', {}),
    ('import os\nif os.getenv("A"):\n    KEY = os.environ["KEY"]\n', {}),
    ('import os\ntry:\n    KEY = os.environ["KEY"]\nexcept KeyError:\n    KEY = ""\n', {}),
    ('import os\nos.environ["KEY"] = "a"\nA = os.environ["KEY"]\n', {}),
    ('import os\nos.environ.setdefault("KEY", "a")\nA = os.environ["KEY"]\n', {}),
    ('import os\nfrom dotenv import load_dotenv\nload_dotenv()\nA = os.environ["KEY"]\n', {}),
    ('import os\nread = lambda: os.environ["KEY"]\nall_of = [os.environ[one] for one in ("A",)]\n', {}),
    ('import os\ndef make():\n    if os.getenv("A"):\n        return 1\n    return os.environ["KEY"]\nmake()\n', {}),
    ('import os\nKEY = other["KEY"]\nNAME = os.environ[name]\n', {}),
    ("this is no Python\n", {}),
)


def below(folder: Path, files: dict[str, str]) -> Repository:
    for name, text in files.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Repository(folder)


@pytest.mark.parametrize(("text", "names"), OF_ONE_FILE)
def test_what_one_module_demands(tmp_path: Path, text: str, names: dict[str, str]) -> None:
    assert demanded(below(tmp_path, {"app.py": text}), "shop", ["app:app"]) == names


def test_what_is_imported_counts_and_what_is_not_does_not(tmp_path: Path) -> None:
    files = {
        "store/__init__.py": "",
        "store/main.py": "import json\nfrom . import settings\nfrom store.db.url import URL\n",
        "store/settings.py": 'import os\nA = os.environ["A"]\n',
        "store/db/__init__.py": 'import os\nB = os.environ["B"]\n',
        "store/db/url.py": 'import os\nfrom ..other import X\nURL = os.environ["C"]\n',
        "store/other.py": 'import os\nX = os.environ["D"]\n',
        "store/scripts.py": 'import os\nX = os.environ["E"]\n',
    }
    assert set(demanded(below(tmp_path, files), "shop", ["store.main:app"])) == {"A", "B", "C", "D"}


def test_modules_of_a_src_layout_are_found(tmp_path: Path) -> None:
    files = {"src/store/__init__.py": 'import os\nfrom store.db import URL\ndef make():\n    return os.environ["A"]\n'}
    files["src/store/db.py"] = 'import os\nURL = os.environ["B"]\n'
    assert set(demanded(below(tmp_path, files), "shop", ["store:make()"])) == {"A", "B"}


def test_a_factory_is_called_where_the_command_says_so(tmp_path: Path) -> None:
    files = {"app.py": 'import os\ndef make():\n    app = object()\n    KEY = os.environ["KEY"]\n    return app\n'}
    repository = below(tmp_path, files)
    assert set(demanded(repository, "shop", ["app:make()"])) == {"KEY"}
    assert demanded(repository, "shop", ["app:make"]) == {}


def test_the_settings_of_django_are_loaded(tmp_path: Path) -> None:
    files = {
        "site1/wsgi.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
        "site1/settings.py": 'import os\nSECRET_KEY = os.environ["DJANGO_KEY"]\n',
    }
    assert demanded(below(tmp_path, files), "shop", ["site1.wsgi:application"]) == {
        "DJANGO_KEY": "shop/site1/settings.py:2"
    }


def test_what_is_demanded_is_concluded_anew_where_any_of_its_files_changed(tmp_path: Path) -> None:
    asked: list[str] = []

    def again(earlier: Repository) -> Repository:
        def conclude(looked_at: Repository) -> dict[str, str]:
            asked.append("again")
            return demanded(looked_at, "shop", ["app"])

        repository = Repository(tmp_path, earlier.conclusions)
        names.append(repository.concluded("shop", conclude))
        return repository

    names: list[dict[str, str]] = []
    first = again(below(tmp_path, {"app.py": "from shop_settings import KEY\n"}))
    same = again(first)
    assert (len(asked), same.looked_at) == (1, first.looked_at)
    below(tmp_path, {"shop_settings.py": 'import os\nKEY = os.environ["KEY"]\n'})
    with_module = again(same)
    below(tmp_path, {"shop_settings.py": "KEY = 1\n"})
    again(with_module)
    assert (len(asked), names) == (3, [{}, {}, {"KEY": "shop/shop_settings.py:2"}, {}])
