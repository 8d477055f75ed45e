"""The gates of a service in the settings: their keys, their defaults, and what can't be."""

from pathlib import Path

import pytest

from reporting.errors import CannotRunError
from settings import project
from settings.gates import Asked, Gates, VariableCheck

HEAD = 'application = "shop"\n[repository]\nfull_name = "owner/shop"\n[runtime]\nwanted = {wanted}\n'
SERVICE = '[[services]]\nname = "web"\nport = 8080\n[services.gates]\n'
CHECK = '[[services.gates.checks]]\nvariable = "#{SourceVariables.CommitMessage}"\nvalue = "x"\n'
ASK = '[[services.gates.asks]]\nfunction = "is-frozen"\n'
WINDOW = "* * 9-16 ? * MON-FRI"


def read(folder: Path, keys: str, wanted: str = "true") -> Gates:
    path = folder / "system.toml"
    path.write_text(HEAD.format(wanted=wanted) + SERVICE + keys, "utf-8")
    return project.load(path).services[0].gates


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Gates("", "UTC", (), 0)
    check = VariableCheck("#{SourceVariables.CommitMessage}", "EQ", "x")
    found = read(tmp_path, f'window = "{WINDOW}"\ntime_zone = "America/Argentina/Salta"\n{CHECK}')
    assert found == Gates(WINDOW, "America/Argentina/Salta", (check,), 0)
    asked = read(tmp_path, f'{ASK}[[services.gates.asks]]\nproject = "load-test"\nwhen = "after"').asked
    assert asked == (Asked("is-frozen", "", "before"), Asked("", "load-test", "after"))


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('window = "9-17"', "a cron expression of six or seven fields"),
        ('window = "0 * 9-16 ? * MON-FRI"', "the seconds first as *"),
        ('time_zone = "+02:00"', "UTC, or a Region/City"),
        ("watch_minutes = 1441", "a whole number of minutes from 0 to 1440"),
        (CHECK.replace("#{", "{"), "a variable of the pipeline"),
        (CHECK + 'operator = "LIKE"', "one of EQ, NE, CONTAINS, MATCHES"),
        (CHECK * 5, "found 5 of them"),
        (ASK + 'project = "load-test"', "found both; allowed: either a function or a project"),
        ("[[services.gates.asks]]", "found neither"),
        (ASK + 'when = "during"', "one of before, after"),
        (ASK.replace("is-frozen", "is frozen"), "the name of a Lambda function"),
        (CHECK * 4 + ASK * 2, "found 2 before a deployment, and 4 of the window and the checks; allowed: 5 in all"),
        (
            "watch_minutes = 1\n" + (ASK + 'when = "after"\n') * 2,
            "found 2 after a deployment, and 4 of the alarms that are watched",
        ),
        ("windows = 1", "did you mean window?"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, keys: str, sentence: str) -> None:
    with pytest.raises(CannotRunError) as caught:
        read(tmp_path, keys)
    assert [one for one in caught.value.sentences if sentence in one], caught.value.sentences


def test_alarms_that_are_not_made_here_are_not_watched(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="the service's alarms are not made here"):
        read(tmp_path, "watch_minutes = 5", wanted="false")
