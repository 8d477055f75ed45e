"""Artifacts, reports, caches and archives that lead out of the source, or that are made to do harm."""

import io
import os
import stat
import subprocess
import tracemalloc
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.services.codebuild.artifacts import archives
from local_aws.services.codebuild.artifacts.archives import ArchiveError, pack, unpack
from local_aws.services.codebuild.builds.ports import Machine
from tests.local_aws.codebuild.conftest import PATH, Bench, spec
from tests.local_aws.codebuild.test_results import OUT, names

pytestmark = pytest.mark.slow

JUNIT = '<testsuite name="s"><testcase name="a" classname="b" time="1"/></testsuite>'


@pytest.fixture(params=[True, False], ids=["confined", "unconfined"])
def either(bench: Bench, request: pytest.FixtureRequest) -> Bench:
    bench.machine = Machine(path=PATH, confined=request.param)
    return bench


@pytest.fixture
def treasure() -> Iterator[Path]:
    folder = Path.home() / f".treasure-{uuid.uuid4().hex}"
    folder.mkdir()
    (folder / "key").write_text(f"TREASURE{JUNIT}")
    (folder / "report.xml").write_text(JUNIT)
    yield folder
    (folder / "key").unlink()
    (folder / "report.xml").unlink()
    folder.rmdir()


@pytest.mark.parametrize(
    "artifacts",
    [
        "files: [TREASURE/key]",
        "files: ['TREASURE/*']",
        "files: [../shell/variables.sh, ../shell/*, ../**/*, ../home/x]",
        "files: ['*/*']",
        "files: ['**/*']\n  base-directory: ..",
        "files: ['**/*']\n  base-directory: TREASURE",
        "files: ['**/*']\n  base-directory: ../*",
        "files: ['*']\n  base-directory: out",
        "files: [link, out/key, 'out/**/*', 'l*', round]",
        "files: [link, out/key, 'out/**/*', 'l*', out]\n  enable-symlinks: yes",
    ],
)
def test_artifacts_take_nothing_from_outside(either: Bench, treasure: Path, artifacts: str) -> None:
    commands = (
        f"ln -s {treasure}/key link; ln -s {treasure} out; ln -s ../shell/variables.sh later; ln -s round round",
        "echo kept >$HOME/x",
    )
    section = f"artifacts:\n  {artifacts.replace('TREASURE', str(treasure))}\n"
    outcome = either.run(spec(*(f"'{command}'" for command in commands), artifacts=section), artifactsOverride=OUT)
    assert outcome.context("UPLOAD_ARTIFACTS") == ("CLIENT_ERROR", "no matching artifact paths found"), outcome.log
    assert not either.aws.objects


def test_what_lies_beside_is_taken_without_what_leads_out(either: Bench, treasure: Path) -> None:
    make = f"'mkdir d; echo a >d/a; ln -s a d/in; ln -s {treasure}/key d/out; chmod 6755 d/a'"
    either.run(spec(make, artifacts="artifacts: {files: ['**/*']}\n"), artifactsOverride=OUT)
    assert names(either) == ["d/a", "d/in"]
    packed = zipfile.ZipFile(io.BytesIO(either.aws.objects["artifacts", "shop/out/1"]))
    assert packed.getinfo("d/a").external_attr >> 16 == stat.S_IFREG | 0o755


@pytest.mark.parametrize("report", ["files: [TREASURE/report.xml]", "files: [link.xml]", "files: ['../../**/*.xml']"])
def test_reports_take_nothing_from_outside(either: Bench, treasure: Path, report: str) -> None:
    section = f"reports:\n  unit:\n    {report.replace('TREASURE', str(treasure))}\n"
    outcome = either.run(spec(f"ln -s {treasure}/report.xml link.xml", reports=section))
    assert "report files not found in build" in outcome.context("UPLOAD_ARTIFACTS")[1]


@pytest.mark.parametrize("path", ["out/**/*", "out/key", "link", "../shell/*", "/etc/passwd", "/root/../x"])
def test_caches_take_nothing_from_outside(either: Bench, treasure: Path, path: str) -> None:
    either.project["cache"] = {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}
    text = spec(f"'ln -s {treasure} out; ln -s {treasure}/key link'", cache=f"cache: {{paths: ['{path}']}}\n")
    assert either.run(text).status == "SUCCEEDED"
    kept = [file.name for file in (either.folder / "caches").rglob("*") if not file.is_dir()]
    assert kept == ["key.txt"]


def test_a_cache_is_not_written_through_a_link_of_the_source(bench: Bench, treasure: Path, tmp_path: Path) -> None:
    bench.project["cache"] = {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}
    repository = tmp_path / "repository"
    git = ("git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(("git", "init", "-q", "-b", "main", str(repository)), check=True)
    bench.project["source"] = {"type": "GITHUB", "location": "here"}
    bench.repositories["here"] = repository
    cache = "cache: {paths: ['deps/*']}\n"
    for step in ("mkdir deps", f"ln -s {treasure} deps", "true"):
        (repository / "buildspec.yml").write_text(spec("mkdir -p deps; echo EVIL >deps/key || true", cache=cache))
        if step.startswith("ln"):
            (repository / "deps").symlink_to(treasure)
        subprocess.run((*git, "add", "."), check=True)
        subprocess.run((*git, "commit", "-q", "--allow-empty", "-m", step), check=True)
        assert bench.ended(bench.start()).status == "SUCCEEDED"
    assert (treasure / "key").read_text().startswith("TREASURE")


def test_the_state_of_the_shell_holds_no_file_of_the_machine(bench: Bench, treasure: Path) -> None:
    bench.machine = Machine(path=PATH, confined=True)
    target = Path.home() / f".written-{uuid.uuid4().hex}"
    where = "$(dirname $CODEBUILD_SRC_DIR)/shell"
    attack = (
        f"ln -sf {treasure}/key {where}/answer; ln -sf {target} {where}/script.sh; ln -sf {target} {where}/command.sh; "
        f"ln -sf {target} {where}/values.sh"
    )
    text = f"version: 0.2\nenv: {{exported-variables: [GOT]}}\n{spec(attack, 'true')[13:]}"
    outcome = bench.run(text)
    assert "TREASURE" not in str(outcome.record) + outcome.log
    assert not target.exists()


def test_exported_variables_hide_what_holds_a_secret(bench: Bench) -> None:
    bench.aws.parameters = {"/a": "hunter22"}
    text = (
        "version: 0.2\nenv:\n  exported-variables: [URL, KEY, PLAIN]\n  parameter-store: {STORED: /a}\n"
        "phases:\n  build:\n    commands: ['URL=\"db://u:$STORED@host\"; KEY=$AWS_SECRET_ACCESS_KEY; PLAIN=x']\n"
    )
    exported = {item["name"]: item["value"] for item in bench.run(text).record["exportedEnvironmentVariables"]}
    assert exported == {"URL": "db://u:***@host", "KEY": "***", "PLAIN": "x"}


def test_a_file_name_that_is_not_utf_8_fails_in_a_sentence(bench: Bench) -> None:
    make = "touch \"$(printf 'a\\\\377')\""
    text = f"version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        {make}\nartifacts: {{files: ['*']}}\n"
    outcome = bench.run(text.replace("\\\\", "\\"), artifactsOverride=OUT)
    assert outcome.context("UPLOAD_ARTIFACTS") == (
        "CLIENT_ERROR",
        "Failed to upload artifacts: the name b'a\\xff' is not UTF-8",
    )


def test_more_than_can_be_stored_is_refused_before_it_is_packed(bench: Bench) -> None:
    outcome = bench.run(spec("truncate -s 6G big", artifacts="artifacts: {files: [big]}\n"), artifactsOverride=OUT)
    assert "have 6442450944 bytes; at most 5368709120 are allowed" in outcome.context("UPLOAD_ARTIFACTS")[1]


def entry(name: str, mode: int = 0, content: bytes = b"") -> tuple[zipfile.ZipInfo, bytes]:
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr, made.compress_type = 3, mode << 16, zipfile.ZIP_DEFLATED
    return made, content


def written(path: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for made, content in entries:
            target.writestr(made, content)
    return path


LINK = stat.S_IFLNK | 0o777


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([entry("../a")], "'../a', which leads outside"),
        ([entry("/a")], "'/a', which leads outside"),
        ([entry("a/../../b")], "which leads outside"),
        ([entry("l", LINK, b"/etc/passwd")], "the link 'l' to '/etc/passwd', which leads outside"),
        ([entry("l", LINK, b"../x")], "the link 'l' to '../x', which leads outside"),
        ([entry("d/l", LINK, b"../../x")], "the link 'd/l' to '../../x', which leads outside"),
        ([entry("y", LINK, b"."), entry("x", LINK, b"y/../q")], "the link 'x' to 'y/../q', which leads outside"),
        ([entry("x", LINK, b"y/../q"), entry("y", LINK, b".")], "the link 'x' to 'y/../q', which leads outside"),
        ([entry("a", LINK, b"b"), entry("a/c", 0o644, b"")], "'a/c', which lies below the link 'a'"),
        ([entry("a/c", 0o644, b""), entry("a", LINK, b"b")], "'a/c', which lies below the link 'a'"),
        ([entry("a", stat.S_IFCHR | 0o666)], "'a', which is neither a file nor a folder nor a link"),
        ([entry("a", stat.S_IFIFO | 0o666)], "'a', which is neither a file nor a folder nor a link"),
        ([entry("a"), entry("./a")], "holds 'a' twice"),
        ([entry("a"), entry("a/b")], "the archive can't be unpacked"),
        ([entry("x" * 300)], "the archive can't be unpacked"),
    ],
)
def test_archives_that_do_harm_are_refused(
    tmp_path: Path, entries: list[tuple[zipfile.ZipInfo, bytes]], sentence: str
) -> None:
    (tmp_path / "into").mkdir()
    with pytest.raises(ArchiveError) as refused:
        unpack(written(tmp_path / "a.zip", *entries), tmp_path / "into")
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "into"]


def test_a_name_that_is_not_utf_8_is_refused_and_utf_8_without_the_flag_is_read(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.zip", entry("nameXX")).read_bytes()
    (tmp_path / "bad.zip").write_bytes(plain.replace(b"nameXX", b"name\xff\xfe"))
    (tmp_path / "good.zip").write_bytes(plain.replace(b"nameXX", "name\u00fc".encode()))
    (tmp_path / "into").mkdir()
    with pytest.raises(ArchiveError, match="is not UTF-8"):
        unpack(tmp_path / "bad.zip", tmp_path / "into")
    unpack(tmp_path / "good.zip", tmp_path / "into")
    assert os.listdir(os.fsencode(tmp_path / "into")) == ["name\u00fc".encode()]  # noqa: PTH208 - as bytes


def test_set_id_bits_are_dropped_and_links_inside_are_kept(tmp_path: Path) -> None:
    made = written(
        tmp_path / "a.zip", entry("d/run", stat.S_IFREG | 0o6755), entry("d/l", LINK, b"run"), entry("m", LINK, b"d/l")
    )
    unpack(made, tmp_path / "into")
    assert stat.S_IMODE((tmp_path / "into" / "d" / "run").stat().st_mode) == 0o755
    assert (tmp_path / "into" / "m").resolve() == tmp_path / "into" / "d" / "run"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    monkeypatch.setattr(archives, "FREE_OF_RATIO", 1000)
    (tmp_path / "into").mkdir()
    many = written(tmp_path / "many.zip", *(entry(f"f{number}") for number in range(11)))
    with pytest.raises(ArchiveError, match="holds 11 files; at most 10 are allowed"):
        unpack(many, tmp_path / "into")
    with pytest.raises(ArchiveError, match="more than 200 times as many"):
        unpack(written(tmp_path / "tight.zip", entry("zeros", 0, bytes(1 << 20))), tmp_path / "into")
    assert not list((tmp_path / "into").iterdir())


def test_a_broken_archive_is_told_in_a_sentence(tmp_path: Path) -> None:
    whole = bytearray(written(tmp_path / "a.zip", entry("a", 0, os.urandom(5000))).read_bytes())
    whole[60:200] = bytes(140)
    (tmp_path / "broken.zip").write_bytes(whole)
    with pytest.raises(ArchiveError, match="can't be unpacked"):
        unpack(tmp_path / "broken.zip", tmp_path / "into")


def test_a_source_that_does_harm_fails_the_phase(bench: Bench) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        target.writestr(*entry("buildspec.yml", LINK, b"/etc/passwd"))
    bench.aws.objects["in", "a.zip"] = content.getvalue()
    outcome = bench.run("", sourceTypeOverride="S3", sourceLocationOverride="in/a.zip")
    code, message = outcome.context("DOWNLOAD_SOURCE")
    assert code == "CLIENT_ERROR"
    assert message.startswith("the archive holds the link 'buildspec.yml' to '/etc/passwd', which leads outside")


def test_big_files_are_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(os.urandom(1 << 20) * 64)
    tracemalloc.start()
    try:
        pack(tmp_path / "a.zip", {"big": tmp_path / "big"})
        unpack(tmp_path / "a.zip", tmp_path / "into")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
