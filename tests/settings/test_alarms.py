"""The alarms of a service in the settings: their keys, their defaults, and what can't be."""

from pathlib import Path

import pytest

from reporting.errors import CannotRunError
from settings import project
from settings.alarms import Alarms

HEAD = 'application = "shop"\n[repository]\nfull_name = "owner/shop"\n[[services]]\nname = "web"\nport = 8080\n'


def read(folder: Path, keys: str) -> Alarms:
    path = folder / "system.toml"
    path.write_text(f"{HEAD}[services.alarms]\n{keys}", "utf-8")
    return project.load(path).services[0].alarms


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Alarms(5, 5, 3000, 0, dashboard=True)
    keys = "errors_a_minute = 1\nerror_percent = 50\nslow_milliseconds = 0\nsilent_days = 7\ndashboard = false"
    assert read(tmp_path, keys) == Alarms(1, 50, 0, 7, dashboard=False)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ("error_percent = 0", "a whole number of percent from 1 to 100"),
        ("slow_milliseconds = -1", "a whole number of milliseconds from 0 to 600000"),
        ("silent_days = 8", "a whole number of days from 0 to 7"),
        ('dashboard = "yes"', "true or false"),
        ("errors_per_minute = 5", "did you mean errors_a_minute?"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, keys: str, sentence: str) -> None:
    with pytest.raises(CannotRunError) as caught:
        read(tmp_path, keys)
    assert [one for one in caught.value.sentences if sentence in one], caught.value.sentences
