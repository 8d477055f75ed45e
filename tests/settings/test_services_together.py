"""Several services in one file: what they may not share, and which of them gets a request."""

import fnmatch
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.errors import CannotRunError
from settings import project
from settings.path_patterns import covers, takes
from settings.project import Project
from settings.service import HIGHEST_PRIORITY, Service

HEAD = 'application = "shop"\n[repository]\nfull_name = "owner/shop"\n'
PATTERN = st.text("/ab*?", min_size=1, max_size=6).map(lambda text: f"/{text}")


def written(name: str, *paths: str, **keys: object) -> str:
    """Write one service that takes ``paths``."""
    more = "".join(f"{key} = {value!r}\n" for key, value in keys.items())
    return f'[[services]]\nname = "{name}"\nport = 8080\npath_patterns = {list(paths)}\n{more}'


def load(folder: Path, *services: str) -> Project:
    path = folder / "shop.toml"
    path.write_text(HEAD + "".join(services), "utf-8")
    return project.load(path)


def refused(folder: Path, *services: str) -> list[str]:
    with pytest.raises(CannotRunError) as error:
        load(folder, *services)
    return list(error.value.sentences)


def priorities(folder: Path, *services: str) -> dict[str, int]:
    return {one.name: one.priority for one in load(folder, *services).services}


def test_what_belongs_to_one_system_carries_its_name_unless_a_setting_says_another(tmp_path: Path) -> None:
    def names(service: Service) -> tuple[str, str, str]:
        return service.image_repository, service.task_family, service.log_group

    own = {"image_repository": "team/api", "task_family": "api", "log_group": "/team/api"}
    first, second = load(tmp_path, written("web", "/*"), written("api", "/api/*", **own)).services
    assert names(first) == ("shop-web", "shop-web", "/ecs/shop/web")
    assert names(second) == ("team/api", "api", "/team/api")
    read = load(tmp_path, written("web", "/*"))
    assert (read.runtime.cluster, read.repository.connection) == ("shop", "shop")


@pytest.mark.parametrize("key", ["image_repository", "task_family", "log_group"])
def test_no_two_services_share_a_name(key: str, tmp_path: Path) -> None:
    services = (written("web", "/*", **{key: "same"}), written("api", "/api/*", **{key: "same"}))
    assert f"[services] {key}: found 'same' 2 times" in refused(tmp_path, *services)[0]


@pytest.mark.parametrize(
    ("names", "stack"),
    [
        (("runtime",), "the runtime, which all services share"),
        (("foundation",), "the foundation, which all services share"),
        (("web", "web-pipeline"), "the pipeline of web"),
    ],
)
def test_no_service_has_the_stack_of_another(names: tuple[str, ...], stack: str, tmp_path: Path) -> None:
    (sentence,) = refused(tmp_path, *(written(name, f"/{name}/*") for name in names))
    assert f"found {names[-1]!r}, the name of the stack of {stack}" in sentence


def test_priorities_follow_from_names_and_paths_alone(tmp_path: Path) -> None:
    services = [written(f"service-{number}", f"/service-{number}/*") for number in range(50)]
    services += [written("web", "/*"), written("api", "/api/*"), written("users", "/api/users/*")]
    before = priorities(tmp_path, *services)
    assert len(set(before.values())) == len(services)
    assert before["users"] < before["api"] < before["web"] <= HIGHEST_PRIORITY
    assert priorities(tmp_path, *reversed(services)) == before
    assert priorities(tmp_path, *services[1::2], *services[::2]) == before
    fewer = priorities(tmp_path, *services[:20])
    assert fewer == {name: before[name] for name in fewer}


def test_services_that_exchange_their_paths_do_not_exchange_their_priorities(tmp_path: Path) -> None:
    before = priorities(tmp_path, written("web", "/*"), written("api", "/api/*"))
    after = priorities(tmp_path, written("web", "/api/*"), written("api", "/*"))
    assert after["api"] < HIGHEST_PRIORITY
    assert not set(before.values()) & set(after.values())


def test_a_priority_that_is_written_out_is_kept_and_no_other_gets_it(tmp_path: Path) -> None:
    derived = priorities(tmp_path, written("web", "/*"))["web"]
    both = priorities(tmp_path, written("api", "/api/*", priority=derived), written("web", "/x/*"))
    assert both["api"] == derived != both["web"]
    moved = priorities(tmp_path, written("web", "/*"), written("api", "/other", priority=derived))
    assert moved == {"web": derived + 1, "api": derived}
    same = refused(tmp_path, written("web", "/*", priority=7), written("api", "/api/*", priority=7))
    assert "[services] priority: found '7' 2 times" in same[0]
    assert (
        "found the number 0; allowed: a whole number from 1 to 50000"
        in refused(tmp_path, written("web", "/*", priority=0))[0]
    )


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (("/*",), ("/*",), "'/*' of web, which '/*' of api takes first"),
        (("/api/*", "/x"), ("/y", "/x"), "'/x' of"),
        (("/*", "/static/*"), ("/*.css",), ""),
        (("/?pi/*",), ("/api/*",), ""),
    ],
)
def test_paths_that_another_service_takes_first_name_both(
    first: tuple[str, ...], second: tuple[str, ...], found: str, tmp_path: Path
) -> None:
    services = (written("api", *first), written("web", *second))
    if not found:
        load(tmp_path, *services)
        return
    (sentence,) = refused(tmp_path, *services)
    assert found in sentence
    assert "api" in sentence
    assert "web" in sentence
    assert refused(tmp_path, *reversed(services)) == [sentence]


def test_a_priority_may_be_the_wrong_one_for_the_paths(tmp_path: Path) -> None:
    (sentence,) = refused(tmp_path, written("web", "/*", priority=1), written("api", "/api/*"))
    assert "'/api/*' of api, which '/*' of web takes first (priority 1 before " in sentence
    assert "the lowest is tried first" in sentence


@given(pattern=PATTERN, other=PATTERN, path=st.text("/ab", max_size=8))
def test_a_pattern_covers_another_when_it_takes_all_of_its_paths(pattern: str, other: str, path: str) -> None:
    assert takes(pattern, path) == fnmatch.fnmatchcase(path, pattern)
    if covers(pattern, other) and takes(other, path):
        assert takes(pattern, path)
    if takes(other, path) and not takes(pattern, path):
        assert not covers(pattern, other)
