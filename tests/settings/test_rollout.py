"""The roll-out of a service in the settings: its keys, its defaults, and how long the Deploy action waits for it."""

from pathlib import Path

import pytest

from reporting.errors import CannotRunError
from settings import project
from settings.rollout import HOOK_STAGES, Hook, Rollout

HEAD = (
    'application = "shop"\n[repository]\nfull_name = "owner/shop"\n[release]\ndeployment_timeout_minutes = {minutes}\n'
)
SERVICE = '[[services]]\nname = "web"\nport = 8080\n[services.rollout]\n'
HOOK = '[[services.rollout.hooks]]\nfunction = "{}"\nstages = {}\n'


def hook(function: str, *stages: str) -> str:
    return HOOK.format(function, list(stages))


def read(folder: Path, keys: str, minutes: int = 60, runtime: str = "") -> Rollout:
    path = folder / "system.toml"
    path.write_text(HEAD.format(minutes=minutes) + runtime + SERVICE + keys, "utf-8")
    return project.load(path).services[0].rollout


@pytest.mark.parametrize(
    ("keys", "expected", "minutes"),
    [
        ("", Rollout("rolling", 2), 2),
        ("bake_minutes = 0", Rollout("rolling", 0), 0),
        ('strategy = "blue-green"', Rollout("blue-green", 5), 5),
        ('strategy = "canary"', Rollout("canary", 5, 10, 5), 10),
        ('strategy = "canary"\ncanary_percent = 1\ncanary_minutes = 7', Rollout("canary", 5, 1, 7), 12),
        ('strategy = "linear"\nstep_percent = 30', Rollout("linear", 5, 30, 2), 11),
        (
            'strategy = "blue-green"\npause = "post-scale-up"',
            Rollout("blue-green", 5, 0, 0, "post-scale-up", 10),
            15,
        ),
        (
            'strategy = "canary"\npause = "pre-production-traffic-shift"\npause_minutes = 20',
            Rollout("canary", 5, 10, 5, "pre-production-traffic-shift", 20),
            50,
        ),
        (
            'strategy = "canary"\npause = "post-scale-up"\npause_minutes = 7\n'
            + hook("smoke-test:live", "post-scale-up", "production-traffic-shift"),
            Rollout(
                "canary",
                5,
                10,
                5,
                "post-scale-up",
                7,
                hooks=(Hook("smoke-test:live", ("post-scale-up", "production-traffic-shift"), 5),),
            ),
            10 + 7 + 2 * 5,
        ),
        ('strategy = "codedeploy"', Rollout("codedeploy", 5, shift="all-at-once"), 5),
        ('strategy = "codedeploy"\nshift = "canary"', Rollout("codedeploy", 5, 10, 5, shift="canary"), 10),
        (
            'strategy = "codedeploy"\nshift = "linear"\nbake_minutes = 90',
            Rollout("codedeploy", 90, 25, 2, shift="linear"),
            96,
        ),
    ],
)
def test_what_is_left_out_has_its_default(tmp_path: Path, keys: str, expected: Rollout, minutes: int) -> None:
    found = read(tmp_path, keys)
    assert found == expected
    assert found.minutes == minutes


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('strategy = "bluegreen"', "one of rolling, blue-green, canary, linear, codedeploy"),
        ('strategy = "linear"\ncanary_percent = 10', "canary_percent: found an unknown key"),
        ('shift = "canary"', "shift: found an unknown key"),
        ('strategy = "codedeploy"\nshift = "half"', "one of all-at-once, canary, linear"),
        ("canary_minutes = 10", "canary_minutes: found an unknown key"),
        ('strategy = "canary"\ncanary_percent = 100', "a whole number of percent from 1 to 99"),
        ('pause = "post-scale-up"', "pause: found an unknown key"),
        ('strategy = "canary"\npause_minutes = 5', "pause_minutes: found an unknown key"),
        ('strategy = "canary"\npause = "bake-time"', "one of none, post-scale-up, pre-production-traffic-shift"),
        (
            'strategy = "blue-green"\npause = "post-scale-up"\npause_minutes = 60',
            "found 65 minutes of blue-green, 75 with",
        ),
        (hook("f", "post-scale-up"), "ECS calls them with blue-green, canary, linear"),
        ('strategy = "codedeploy"\n' + hook("f", "post-scale-up"), 'found 1 of them and strategy = "codedeploy"'),
        ('strategy = "blue-green"\n' + hook("f", "bake-time"), "one of " + ", ".join(HOOK_STAGES)),
        ('strategy = "blue-green"\n' + hook("f"), "a list of 1 to 50 texts"),
        ('strategy = "blue-green"\n' + hook("arn:aws:lambda:f", "post-scale-up"), "the name of a Lambda function"),
        ('strategy = "blue-green"\n' + hook("f", "post-scale-up") + "minutes = 0", "minutes from 1 to 1440"),
        ('strategy = "blue-green"\n' + hook("f", "post-scale-up") * 11, "found 11 of them; allowed: at most 10"),
        ('strategy = "blue-green"\n' + hook("f", "pre-scale-up") + "minutes = 9", "found 14 minutes of blue-green"),
        ("bake_minutes = 6", "found 6 minutes of rolling, 16 with the start of the tasks"),
        ('strategy = "linear"\nstep_percent = 3\nstep_minutes = 1', "found 38 minutes of linear"),
    ],
)
def test_what_can_not_be_is_a_sentence(tmp_path: Path, keys: str, sentence: str) -> None:
    with pytest.raises(CannotRunError) as refused:
        read(tmp_path, keys, minutes=15)
    assert sentence in "\n".join(map(str, [refused.value, *refused.value.args]))


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('pause = "post-scale-up"', "pause: found post-scale-up, and runtime.wanted = false"),
        (hook("f", "post-scale-up"), "hooks: found 1 of them, and runtime.wanted = false"),
    ],
)
def test_a_service_that_is_made_elsewhere_has_no_pause_and_no_hook_from_here(
    tmp_path: Path, keys: str, sentence: str
) -> None:
    brought = "[runtime]\nwanted = false\n"
    assert read(tmp_path, 'strategy = "canary"', runtime=brought).strategy == "canary"
    with pytest.raises(CannotRunError, match="set it where it is made") as refused:
        read(tmp_path, 'strategy = "canary"\n' + keys, runtime=brought)
    assert sentence in str(refused.value)
