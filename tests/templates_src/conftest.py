"""The systems whose templates are looked at, made once a process."""

import json

import pytest

from settings.root import BUILD
from tests.templates_src.systems import VARIANTS, System, templates


@pytest.fixture(params=VARIANTS, scope="session")
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> System:
    return templates(tmp_path_factory.mktemp("settings"), VARIANTS[request.param])


@pytest.fixture(scope="session")
def shipped() -> System:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in BUILD.glob("cruddur-*.json")}
