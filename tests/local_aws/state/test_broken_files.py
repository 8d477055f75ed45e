"""Each file of a state folder, broken in five ways: what is told, and that nothing is taken for an empty state."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws.process.server_record import StateFolder
from local_aws.state.database import facts_in
from local_aws.state.examination import examine
from reporting.errors import CannotRunError
from tests.local_aws_fixture import LocalAws, local_aws_in

pytestmark = pytest.mark.slow

Break = Callable[[Path], object]


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


BREAKS: dict[str, Break] = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "garbage": lambda path: path.write_bytes(b"\xff\x00garbage" * 100),
    "another shape": lambda path: path.write_text('["another shape"]'),
    "a directory": directory,
}
HARMLESS = {
    ("credentials", "half"): "the first half may be a whole profile with a shorter secret, which is the key then",
    ("ledger/calls.jsonl", "empty"): "as after the start of a new one",
    ("ledger/calls.jsonl", "half"): "half a last line is left out",
    ("local-aws.log", "empty"): "text",
    ("local-aws.log", "half"): "text",
    ("local-aws.log", "garbage"): "text",
    ("local-aws.log", "another shape"): "text",
    ("start.lock", "empty"): "only the lock on it counts",
    ("start.lock", "half"): "the same",
    ("start.lock", "garbage"): "the same",
    ("start.lock", "another shape"): "the same",
    ("state.sqlite-shm", "empty"): "made anew of the write-ahead log",
    ("state.sqlite-shm", "half"): "the same",
    ("state.sqlite-shm", "garbage"): "the same",
    ("state.sqlite-shm", "another shape"): "the same",
    ("state.last-good.sqlite", "half"): "made anew of the database",
    ("state.commits", "half"): "a smaller number hides what it could show",
}
"""What needs no sentence, and why."""

FILES = (
    "state.sqlite",
    "state.sqlite-wal",
    "state.sqlite-shm",
    "state.commits",
    "state.last-good.sqlite",
    "credentials",
    "process.json",
    "registry-secret",
    "ledger/calls.jsonl",
    "local-aws.log",
    "objects/000000000000/broken-files/templates/a",
    "objects/000000000000/broken-files/templates/a.meta.json",
)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of a local AWS that was killed."""
    folder = tmp_path_factory.mktemp("broken") / "state"
    with local_aws_in(folder) as aws:
        template = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "broken-files"}}}}
        aws.client("cloudformation").create_stack(StackName="bucket", TemplateBody=json.dumps(template))
        aws.run("stop")
        aws.start_again()
        aws.client("s3").put_object(Bucket="broken-files", Key="templates/a", Body=b"content")
        aws.client("ssm").put_parameter(Name="/a/b/c", Value="v", Type="String")
        aws.kill()
        yield folder


@pytest.mark.parametrize("way", BREAKS)
@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_told_and_the_rest_is_kept(killed: Path, tmp_path: Path, name: str, way: str) -> None:
    folder = tmp_path / "state"
    shutil.copytree(killed, folder)
    BREAKS[way](folder / name)
    sentences = examine(StateFolder(folder))
    if (name, way) not in HARMLESS:
        assert sentences
    assert all(name.removeprefix("objects/").removesuffix(".meta.json") in sentence for sentence in sentences)
    assert facts_in(folder)["account_id"] == "000000000000"
    assert examine(StateFolder(folder)) == [], "once told, it is in order"


def test_a_sound_folder_needs_no_sentence(killed: Path, tmp_path: Path) -> None:
    shutil.copytree(killed, tmp_path / "state")
    assert examine(StateFolder(tmp_path / "state")) == []
    assert examine(StateFolder(tmp_path / "new")) == []


def test_a_broken_database_without_a_copy_ends_the_start(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    shutil.copytree(killed, folder)
    (folder / "state.last-good.sqlite").unlink()
    (folder / "state.sqlite").write_bytes(b"")
    with pytest.raises(CannotRunError, match=r"state.sqlite is broken .it is empty.*bin/local-aws reset"):
        examine(StateFolder(folder))
    assert (folder / "state.sqlite").read_bytes() == b"", "nothing was changed"


def test_a_missing_database_is_not_an_empty_one(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    shutil.copytree(killed, folder)
    (folder / "state.sqlite").unlink()
    (sentence,) = examine(StateFolder(folder))
    assert "state.sqlite was broken (it is missing): its last copy, of" in sentence


def test_the_state_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    with pytest.raises(CannotRunError, match=r"earlier version.*bin/local-aws reset"):
        examine(StateFolder(tmp_path))


def test_what_a_crash_left_half_replaced_is_finished_or_undone(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    shutil.copytree(killed, folder)
    content = folder / "objects/000000000000/broken-files/templates/a"
    record, new = (content.with_name(content.name + suffix) for suffix in (".meta.json", ".meta.json.new.tmp"))
    before = json.loads(record.read_text())
    new.write_text(json.dumps({**before, "size": 3}))
    assert examine(StateFolder(folder)) == []
    assert json.loads(record.read_text()) == before, "the new content was not there"
    new.write_text(json.dumps({**before, "size": 3}))
    content.write_bytes(b"new")
    assert examine(StateFolder(folder)) == []
    assert json.loads(record.read_text())["size"] == 3
    assert not new.exists()


def test_the_commands_tell_it_without_a_traceback(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    shutil.copytree(killed, folder)
    (folder / "state.sqlite").write_bytes(b"garbage")
    (folder / "credentials").write_bytes(b"")
    with local_aws_in(folder) as aws:
        again = LocalAws(aws.port, folder)
        assert again.client("cloudformation").describe_stacks()["Stacks"][0]["StackName"] == "bucket"
    assert sorted(path.name.partition(".broken")[0] for path in folder.glob("*.broken-*")) == [
        "credentials",
        "state.sqlite",
    ]
