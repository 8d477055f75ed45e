"""Each fault of the corpus is found, at its line, and nothing else; good buildspecs are left alone."""

from collections import Counter

import pytest

from buildspecs.lint import findings
from buildspecs.rules.catalogue import catalogue
from buildspecs.rules.rule import Rule
from settings.root import PROJECT_ROOT
from tests.buildspecs.corpus import GOOD, Case, cases, judged

CASES = list(cases())
OF_THE_PROJECT = (
    "backend-flask/buildspec.yml",
    "backend-flask/tests/buildspec.yml",
    "backend-flask/security/buildspec.yml",
)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_case_is_judged_right(case: Case) -> None:
    assert sorted(judged(case)) == sorted(case.finds)


@pytest.mark.parametrize("name", sorted(path.name for path in GOOD.iterdir()))
def test_a_good_buildspec_is_left_alone(name: str) -> None:
    assert findings((GOOD / name).read_bytes(), name) == []


@pytest.mark.parametrize("name", OF_THE_PROJECT)
def test_the_buildspecs_of_this_project_are_good(name: str) -> None:
    assert findings((PROJECT_ROOT / name).read_bytes(), name) == []


def test_each_rule_is_seen_failing() -> None:
    assert {rule for case in CASES for rule, _line in case.finds} == {rule.id for rule in catalogue()}


def test_names_and_ids_are_given_once() -> None:
    names = [case.name for case in CASES] + [rule.id[1:] for rule in catalogue()]
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in catalogue()])
def test_a_rule_says_what_it_is_and_where_that_is_documented(rule: Rule) -> None:
    assert rule.id[0] in "EWI"

    assert rule.description.endswith(".")
    assert rule.source_url.startswith(("https://docs.aws.amazon.com/", "https://docs.docker.com/"))
