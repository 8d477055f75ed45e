"""Parameter values are judged by the templates, all at once, before anything is changed."""

from typing import Any

import pytest

from delivery.deploy.parameters import misfit
from tests.delivery.project import Project, topic


def test_a_constraint_that_only_repeats_the_pattern_is_not_repeated() -> None:
    said = {"Type": "String", "AllowedPattern": "[a-z]+", "ConstraintDescription": "must match [a-z]+"}
    assert misfit(said, "a1") == "found 'a1'; allowed is what matches [a-z]+"


@pytest.mark.parametrize(
    ("said", "value", "reason"),
    [
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "found 'c'; allowed: a, b"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "a1", "found 'a1'; allowed is what matches [a-z]+"),
        ({"Type": "String", "MaxLength": 2}, "abc", "found 3 characters; allowed are 0 to 2"),
        ({"Type": "String", "MinLength": "2"}, "a", "found 1 characters; allowed are 2 to 4096"),
        ({"Type": "Number"}, "many", "found 'many'; allowed is a number"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 9}, "10", "found '10'; allowed is a number from 1 to 9"),
        (
            {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"},
            "a, 1",
            "found 'a, 1'; allowed is what matches [a-z]",
        ),
        ({"Type": "List<Number>"}, "1,x", "found '1,x'; allowed is a number"),
        (
            {"Type": "String", "AllowedPattern": "[a-z]+", "ConstraintDescription": "small letters"},
            "A",
            "found 'A'; allowed is what matches [a-z]+ (small letters)",
        ),
        ({"Type": "String", "NoEcho": "true", "AllowedPattern": "[a-z]+"}, "A", "found a value that is not shown; "),
    ],
)
def test_what_a_template_does_not_allow_is_told(said: dict[str, Any], value: str, reason: str) -> None:
    told = misfit(said, value)

    assert told is not None
    assert told.startswith(reason)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({"Type": "String"}, ""),
        ({"Type": "String", "AllowedValues": [True, 1]}, "1"),
        ({"Type": "String", "AllowedPattern": "|https://.+"}, ""),
        ({"Type": "Number", "MinValue": "1"}, "1.5"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "b, a"),
        ({"Type": "String", "AllowedPattern": r"\p{Alpha}+"}, "left to AWS, as Python has no such pattern"),
    ],
)
def test_what_a_template_allows_is_taken(said: dict[str, Any], value: str) -> None:
    assert misfit(said, value) is None


def test_all_mistakes_are_told_at_once_and_nothing_is_changed(project: Project) -> None:
    declared = {"Colour": {"Type": "String", "AllowedPattern": "[a-z]+"}, "Size": {"Type": "Number"}}
    name = project.stack("one", {"Topic": topic(display={"Ref": "Colour"})}, declared=declared)
    project.parameters = {"Colour": "RED", "Kolour": "red"}
    project.stack_parameters = {name: {"Siz": "1"}, f"{name}x": {"Colour": "red"}}

    result = project.deploy()

    where = "environment here: "
    assert result.code == 2
    assert result.err.splitlines() == [
        f"{where}[parameters] Kolour: no stack takes it (did you mean Colour?); allowed: Colour, Size.",
        f"{where}[parameters.{name}] Siz: that stack does not take it (did you mean Size?); allowed: Colour, Size.",
        f"{where}[parameters.{name}x]: there is no such stack (did you mean {name}?); allowed: {name}.",
        f"{where}[parameters] Colour: found 'RED'; allowed is what matches [a-z]+.",
        f"{where}[parameters] Size: nothing is given and stack {name} needs it: a Number; add it.",
        "Nothing was changed.",
    ]
    assert result.out == ""


def test_a_manifest_and_a_template_that_contradict_each_other_are_refused(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()}, parameters=[{"name": "Colour", "from": "environment"}])

    result = project.deploy()

    assert result.code == 2
    assert f"stack {name}: parameter Colour: its template does not declare it" in result.err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "it is not JSON"),
        ("{}", "its format is None; allowed is 1"),
        ('{"format": 2}', "its format is 2; allowed is 1"),
        ('{"format": 1}', "a part of it is missing or misshapen"),
        ('{"format": 1, "application": "x", "stacks": [1]}', "a part of it is missing or misshapen"),
    ],
)
def test_a_manifest_that_can_not_be_read_is_one_sentence(project: Project, text: str, sentence: str) -> None:
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "manifest.json").write_text(text)

    result = project.run("deploy", "--build", str(elsewhere))

    assert result.code == 2
    assert sentence in result.err
    assert "make templates" in result.err


def test_a_missing_manifest_is_one_sentence(project: Project) -> None:
    result = project.run("deploy", "--build", "nowhere")

    assert result.code == 2
    assert (
        "nowhere/manifest.json: it can't be read: No such file or directory; make it with `make templates`."
        in result.err
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"Resources": []}'])
def test_a_template_that_can_not_be_read_is_one_sentence(project: Project, text: str) -> None:
    project.stack("one", {"Topic": topic()})
    (project.folder / "build" / "one.json").write_text(text)

    result = project.deploy()

    assert result.code == 2
    assert "build/one.json: it " in result.err
    assert len(result.err.splitlines()) == 1


def test_placeholders_are_refused_before_anybody_is_asked(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.settings = {"region": "ca-central-1", "account_id": "123456789012"}

    result = project.deploy()

    assert result.code == 2
    assert result.err.startswith("here.toml: found placeholders in [aws] account_id (123456789012); ")
    assert result.err.endswith("Nothing was changed.\n")
