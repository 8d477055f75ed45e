"""Where the source of a build comes from: an archive of a pipeline or of S3, a git repository, nothing."""

import io
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from proofs.rehearsal.repository import git
from tests.local_aws.codebuild.conftest import Bench, spec
from tests.local_aws.codebuild.test_results import archive

SOURCE = {
    "sourceTypeOverride": "CODEPIPELINE",
    "sourceLocationOverride": "arn:aws:s3:::artifacts/in/1",
    "sourceVersion": "abc123",
}


def test_a_pipelines_artifact_is_unpacked_and_its_buildspec_run(bench: Bench) -> None:
    bench.project["source"] = {"type": "CODEPIPELINE", "buildspec": "ci/test.yml"}
    bench.aws.objects["artifacts", "in/1"] = archive(
        {"ci/test.yml": spec("cat data/x; echo $CODEBUILD_RESOLVED_SOURCE_VERSION"), "data/x": "hello\n"}
    )
    outcome = bench.ended(bench.start(**SOURCE))
    assert outcome.output == ["hello", "abc123"]
    assert outcome.record["resolvedSourceVersion"] == "abc123"
    assert "/src/ci/test.yml" in outcome.log
    assert outcome.record["initiator"] == "codepipeline/tester"


def test_further_artifacts_have_folders_of_their_own(bench: Bench) -> None:
    bench.aws.objects["artifacts", "in/1"] = archive({"buildspec.yml": spec("cat $CODEBUILD_SRC_DIR_Config/x")})
    bench.aws.objects["artifacts", "in/2"] = archive({"x": "second\n"})
    more = [{"type": "CODEPIPELINE", "sourceIdentifier": "Config", "location": "arn:aws:s3:::artifacts/in/2"}]
    assert bench.ended(bench.start(**SOURCE, secondarySourcesOverride=more)).output == ["second"]


def test_modes_and_links_of_an_archive_are_kept(bench: Bench) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        run, link = zipfile.ZipInfo("run"), zipfile.ZipInfo("link")
        run.external_attr, link.external_attr = 0o755 << 16, (stat.S_IFLNK | 0o777) << 16
        target.writestr(run, "#!/bin/sh\necho ran\n")
        target.writestr(link, "run")
        target.writestr("buildspec.yml", spec("./run", "./link"))
    bench.aws.objects["artifacts", "in/1"] = content.getvalue()
    assert bench.ended(bench.start(**SOURCE)).output == ["ran", "ran"]


@pytest.mark.parametrize(
    ("files", "phase_code", "message"),
    [
        (None, "CLIENT_ERROR", "NoSuchKey: The specified key does not exist. for primary source and source version"),
        ({"readme": ""}, "YAML_FILE_ERROR", "/src/buildspec.yml: no such file or directory"),
        ({"../x": "", "buildspec.yml": ""}, "CLIENT_ERROR", "the archive holds the name '../x', which leads outside"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_used_fails_download_source(
    bench: Bench, files: dict[str, str] | None, phase_code: str, message: str
) -> None:
    if files is not None:
        bench.aws.objects["artifacts", "in/1"] = archive(files)
    outcome = bench.ended(bench.start(**SOURCE))
    assert outcome.status == "FAILED"
    code, found = outcome.context("DOWNLOAD_SOURCE")
    assert code == phase_code
    assert message in found


def test_what_is_no_archive_is_told(bench: Bench) -> None:
    bench.aws.objects["artifacts", "in/1"] = b"no zip"
    assert "the archive can't be unpacked" in bench.ended(bench.start(**SOURCE)).context("DOWNLOAD_SOURCE")[1]


def test_a_missing_right_to_read_the_artifact_is_told_as_on_aws(bench: Bench) -> None:
    bench.aws.denied = {"s3:GetObject"}
    code, message = bench.ended(bench.start(**SOURCE)).context("DOWNLOAD_SOURCE")
    assert code == "CLIENT_ERROR"
    assert message.startswith("AccessDeniedException: User: ")
    assert message.endswith(" for primary source and source version arn:aws:s3:::artifacts/in/1")


def test_a_buildspec_outside_of_the_source_is_refused(bench: Bench) -> None:
    bench.aws.objects["artifacts", "in/1"] = archive({"a": ""})
    outcome = bench.ended(bench.start(**SOURCE, buildspecOverride="../../../../etc/passwd"))
    assert outcome.context("DOWNLOAD_SOURCE")[1] == "the buildspec ../../../../etc/passwd is outside of the source"


def test_a_buildspec_can_stand_in_s3(bench: Bench) -> None:
    bench.aws.objects["specs", "test.yml"] = spec("echo from s3").encode()
    bench.aws.objects["artifacts", "in/1"] = archive({"a": ""})
    outcome = bench.ended(bench.start(**SOURCE, buildspecOverride="arn:aws:s3:::specs/test.yml"))
    assert outcome.output == ["from s3"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    git = ("git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(("git", "init", "-q", "-b", "main", str(folder)), check=True)
    for text in ("one", "two"):
        (folder / "buildspec.yml").write_text(spec(f"echo {text}"))
        subprocess.run((*git, "add", "."), check=True)
        subprocess.run((*git, "commit", "-q", "-m", text), check=True)
        subprocess.run((*git, "tag", text), check=True)
    subprocess.run((*git, "update-ref", "refs/pull/7/head", "one"), check=True)
    subprocess.run((*git, "branch", "other", "one"), check=True)
    return folder


def commit(repository: Path, name: str) -> str:
    return git(repository, "rev-parse", name)


@pytest.mark.parametrize(
    ("version", "text", "name"),
    [("", "two", "main"), ("other", "one", "one"), ("one", "one", "one"), ("pr/7", "one", "one"), ("ID", "one", "one")],
)
def test_a_repository_is_cloned_at_a_branch_a_tag_a_pull_request_a_commit(
    bench: Bench, repository: Path, version: str, text: str, name: str
) -> None:
    url = "https://github.com/owner/shop.git"
    bench.project["source"] = {"type": "GITHUB", "location": url}
    bench.repositories[url] = repository
    wanted = commit(repository, "one") if version == "ID" else version
    outcome = bench.ended(bench.start(**({"sourceVersion": wanted} if wanted else {})))
    assert outcome.output == [text], outcome.log
    assert outcome.record["resolvedSourceVersion"] == commit(repository, name)


def test_a_version_that_is_not_there_is_told_as_on_aws(bench: Bench, repository: Path) -> None:
    bench.project["source"] = {"type": "GITHUB", "location": "here"}
    bench.repositories["here"] = repository
    outcome = bench.ended(bench.start(sourceVersion="nowhere"))
    message = outcome.context("DOWNLOAD_SOURCE")[1]
    assert message.startswith("reference not found for primary source and source version nowhere")


@pytest.mark.parametrize("source_type", ["CODEPIPELINE", "GITHUB"])
def test_other_users_may_read_what_a_build_has_and_makes_whatever_this_process_keeps_to_itself(
    bench: Bench, repository: Path, source_type: str
) -> None:
    # In the zip that `git archive` writes, a file that can't be run has no mode at all.
    packed = ("git", "-C", str(repository), "archive", "--format=zip", "--prefix=app/", "HEAD")
    bench.aws.objects["artifacts", "in/1"] = subprocess.run(packed, check=True, capture_output=True).stdout
    bench.project["source"] = {"type": source_type, "location": "here"}
    bench.repositories["here"] = repository
    file = "app/buildspec.yml" if source_type == "CODEPIPELINE" else "buildspec.yml"
    request = SOURCE if source_type == "CODEPIPELINE" else {}
    look = spec("touch made", f"stat --format %a $(dirname {file}) {file} made")
    umask = os.umask(0o077)
    try:
        assert bench.run(look, **request).output == ["755", "644", "644"]
    finally:
        os.umask(umask)
