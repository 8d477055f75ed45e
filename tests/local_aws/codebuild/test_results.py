"""What stays of a build: artifacts and caches."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from local_aws.platform.service import Json
from tests.local_aws.codebuild.conftest import Bench, spec

OUT = {"type": "CODEPIPELINE", "location": "artifacts", "name": "shop/out/1"}


def archive(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
    return content.getvalue()


def names(bench: Bench, key: str = "shop/out/1") -> list[str]:
    return sorted(zipfile.ZipFile(io.BytesIO(bench.aws.objects["artifacts", key])).namelist())


MAKE = (
    "mkdir -p dist/css dist/.hidden my-build-1 my-build-2/my-subdirectory; "
    "touch dist/a.js dist/css/b.css dist/.hidden/c dist/.env my-build-1/one.txt my-build-2/my-subdirectory/two.txt; "
    "ln -s a.js dist/link.js"
)


@pytest.mark.parametrize(
    ("artifacts", "expected"),
    [
        ("files: ['**/*']\n  base-directory: dist", [".env", ".hidden/c", "a.js", "css/b.css", "link.js"]),
        ("files: ['dist/*']", ["dist/.env", "dist/a.js", "dist/link.js"]),
        ("files: [dist/a.js]", ["dist/a.js"]),
        ("files: ['**/*.css']", ["dist/css/b.css"]),
        (
            "files: ['dist/**/*']\n  exclude-paths: ['**/.*', '**/.*/**/*']",
            ["dist/a.js", "dist/css/b.css", "dist/link.js"],
        ),
        ("files: ['*/two.txt']\n  base-directory: my-build-2", ["my-subdirectory/two.txt"]),
        ("files: ['**/*']\n  base-directory: 'my-build*'\n  discard-paths: yes", ["one.txt", "two.txt"]),
        ("files: [missing, dist/css/*]", ["dist/css/b.css"]),
        ("files: ['dist/[ab].js', 'dist/?.js']", ["dist/a.js"]),
    ],
)
def test_artifacts_are_found_as_codebuild_does(bench: Bench, artifacts: str, expected: list[str]) -> None:
    outcome = bench.run(spec(MAKE, artifacts=f"artifacts:\n  {artifacts}\n"), artifactsOverride=OUT)
    assert outcome.status == "SUCCEEDED", outcome.log
    assert names(bench) == expected


def test_the_record_names_the_artifact_and_its_hashes(bench: Bench) -> None:
    key = "arn:aws:kms:ca-central-1:000000000000:key/1"
    text = spec("touch a", artifacts="artifacts: {files: [a]}\n")
    outcome = bench.run(text, artifactsOverride=OUT, encryptionKeyOverride=key)
    assert outcome.record["artifacts"]["location"] == "arn:aws:s3:::artifacts/shop/out/1"
    assert len(outcome.record["artifacts"]["sha256sum"]) == 64
    (put,) = bench.aws.put_requests
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", key)
    assert put["Metadata"]["codebuild-buildarn"] == outcome.record["arn"]


def test_modes_are_kept_and_links_on_request(bench: Bench) -> None:
    text = spec(
        "echo x >run; chmod 755 run; ln -s run link",
        artifacts="artifacts: {files: ['*'], enable-symlinks: yes}\n",
    )
    bench.run(text, artifactsOverride=OUT)
    packed = zipfile.ZipFile(io.BytesIO(bench.aws.objects["artifacts", "shop/out/1"]))
    assert packed.getinfo("run").external_attr >> 16 & 0o777 == 0o755
    assert packed.read("link") == b"run"


def test_no_matching_files_fail_the_build(bench: Bench) -> None:
    outcome = bench.run(spec("true", artifacts="artifacts: {files: [missing]}\n"), artifactsOverride=OUT)
    assert outcome.status == "FAILED"
    assert outcome.context("UPLOAD_ARTIFACTS") == ("CLIENT_ERROR", "no matching artifact paths found")
    assert "Skipping invalid file path missing" in outcome.log


def test_artifacts_of_a_failed_build_are_attempted(bench: Bench) -> None:
    text = spec("touch a", "false", artifacts="artifacts: {files: [a]}\n")
    outcome = bench.run(text, artifactsOverride=OUT)
    assert outcome.status == "FAILED"
    assert names(bench) == ["a"]


def test_several_outputs_go_by_their_identifiers(bench: Bench) -> None:
    text = spec(
        "touch a b",
        artifacts="artifacts:\n  files: [a]\n  secondary-artifacts:\n    Docs: {files: [b]}\n    App: {files: [a]}\n",
    )
    outputs = [
        {"type": "CODEPIPELINE", "artifactIdentifier": name, "location": "artifacts", "name": f"out/{name}"}
        for name in ("App", "Docs")
    ]
    outcome = bench.run(text, secondaryArtifactsOverride=outputs)
    assert names(bench, "out/App") == ["a"]
    assert names(bench, "out/Docs") == ["b"]
    assert [item["artifactIdentifier"] for item in outcome.record["secondaryArtifacts"]] == ["App", "Docs"]


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"packaging": "ZIP", "name": "app.zip", "path": "builds"}, "builds/app.zip"),
        ({"packaging": "ZIP", "overrideArtifactName": True}, "shop-1.0"),
        ({"packaging": "NONE", "name": "site"}, "site/a"),
        ({"packaging": "ZIP"}, "shop-test"),
    ],
)
def test_artifacts_of_a_project_by_itself_go_where_it_says(bench: Bench, settings: Json, key: str) -> None:
    bench.project["artifacts"] = {"type": "S3", "location": "artifacts", **settings}
    outcome = bench.run(spec("touch a; V=1.0", artifacts="artifacts: {files: [a], name: shop-$V}\n"))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert ("artifacts", key) in bench.aws.objects


def test_a_missing_right_to_put_objects_fails_the_upload(bench: Bench) -> None:
    bench.aws.denied = {"s3:PutObject"}
    outcome = bench.run(spec("touch a", artifacts="artifacts: {files: [a]}\n"), artifactsOverride=OUT)
    assert outcome.context("UPLOAD_ARTIFACTS")[1].startswith(
        "Failed to upload artifacts: AccessDeniedException: User: "
    )


CACHE = (
    "cache:\n  key: k-$(codebuild-hash-files lock)\n  fallback-keys: [k-]\n  paths: [deps/**/*, /root/.cache/**/*]\n"
)


def test_a_cache_is_kept_by_key_and_falls_back(bench: Bench) -> None:
    bench.project["cache"] = {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}

    def run(lock: str) -> list[str]:
        bench.aws.objects["in", "src.zip"] = archive({"lock": lock, "buildspec.yml": BUILDSPEC})
        outcome = bench.run("", sourceTypeOverride="S3", sourceLocationOverride="in/src.zip")
        assert outcome.status == "SUCCEEDED", outcome.log
        return outcome.output

    commands = (
        "cat deps/d $HOME/.cache/c 2>&1 | grep -v cat",
        "mkdir -p deps $HOME/.cache; cp lock deps/d; cp lock $HOME/.cache/c",
    )
    BUILDSPEC = spec(commands[0] + " || true", commands[1], cache=CACHE)  # noqa: N806 - text of a file
    assert run("1\n") == []
    assert run("1\n") == ["1", "1"]
    assert run("2\n") == ["1", "1"]
    assert run("1\n") == ["1", "1"]
    assert run("2\n") == ["2", "2"]


def test_a_cache_is_written_again_where_a_build_changed_it(bench: Bench) -> None:
    bench.project["cache"] = {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}

    def told(command: str) -> str:
        buildspec = spec(f"mkdir -p deps; {command}", cache="cache:\n  paths: [deps/**/*]\n")
        bench.aws.objects["in", "src.zip"] = archive({"buildspec.yml": buildspec})
        outcome = bench.run("", sourceTypeOverride="S3", sourceLocationOverride="in/src.zip")
        assert outcome.status == "SUCCEEDED", outcome.log
        return outcome.log

    assert "Saved 2 file(s) in the cache" in told("echo 1 > deps/d; ln -s d deps/link")
    assert "The cache is as it was kept" in told("cat deps/link")
    assert "Saved 2 file(s) in the cache" in told("echo 2 > deps/d")
    assert "Saved 2 file(s) in the cache" in told("chmod 755 deps/d")
    assert "Saved 1 file(s) in the cache" in told("rm deps/link")
    assert "The cache is as it was kept" in told("cat deps/d")
