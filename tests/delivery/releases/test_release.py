"""Releases from start to end, and what is told of them."""

from proofs.rehearsal.repository import git
from tests.delivery.releases.release_project import ReleaseProject


def test_a_release_is_told_action_by_action(shared: ReleaseProject) -> None:
    commit = shared.commit("echo a line of the build", message="Greet better\n\nLonger words.")

    done = shared.run("release")

    assert done.code == 0, done.err
    execution = shared.executions()[0]["pipelineExecutionId"]
    assert f"{shared.name}: started execution {execution[:8]}." in done.out
    assert f"execution {execution[:8]}, commit {commit[:7]} (Greet better)" in done.out
    states = [line[10:] for line in done.out.splitlines() if line[2:3] == ":"]
    assert [line.rpartition("  ")[0] for line in states if line.startswith("Succeeded")] == [
        "Succeeded    Source",
        "Succeeded    Build / bake",
    ]
    assert f"execution {execution[:8]} succeeded." in done.out
    assert "a line of the build" not in done.out


def test_json_has_an_object_a_line_with_the_logs(shared: ReleaseProject) -> None:
    commit = shared.commit("echo a line of the build")

    done = shared.run("release", "--json")

    assert done.code == 0, done.err
    (started,) = done.of_kind("started")
    assert [one["status"] for one in done.of_kind("ended")] == ["Succeeded"]
    assert done.of_kind("ended")[0]["execution"] == started["execution"]
    (told,) = done.of_kind("execution")
    assert [one["id"] for one in told["revisions"]] == [commit]
    ends = [(one["stage"], one["action"]) for one in done.of_kind("action") if one["status"] == "Succeeded"]
    assert ends == [("Source", "Source"), ("Build", "bake")]
    assert {"kind": "log", "action": "bake", "line": "a line of the build"} in done.lines


def test_a_commit_by_its_id_is_released(shared: ReleaseProject) -> None:
    first = git(shared.repository, "rev-parse", "HEAD")
    shared.commit("false")

    done = shared.run("release", "--commit", first)

    assert done.code == 0, done.err
    assert f"commit {first[:7]} (Good)" in done.out


def test_a_working_tree_is_marked(shared: ReleaseProject) -> None:
    head = git(shared.repository, "rev-parse", "HEAD")
    buildspec = shared.repository / "buildspec.yml"
    buildspec.write_text(buildspec.read_text().replace("all is well", "not committed"))

    done = shared.run("release", "--working-tree", "--json")

    assert done.code == 0, done.err
    (told,) = done.of_kind("execution")
    assert told["revisions"][0]["id"].endswith("-dirty")
    assert head not in told["revisions"][0]["id"]
    assert "not committed" in [line["line"] for line in done.of_kind("log")]


def test_it_is_started_and_left(releases: ReleaseProject) -> None:
    releases.deploy()

    done = releases.run("release", "--no-wait")

    assert done.code == 0, done.err
    execution = releases.executions()[0]["pipelineExecutionId"]
    assert f"--follow {execution[:8]}`" in done.out
    followed = releases.run("release", "--follow", execution)
    assert followed.code == 0, followed.err
    assert f"execution {execution[:8]} succeeded." in followed.out
    assert len(releases.executions()) == 1


def test_the_beginning_of_an_id_names_an_execution(shared: ReleaseProject) -> None:
    shared.commit("true")
    shared.run("release")
    execution = shared.executions()[0]["pipelineExecutionId"]

    short = shared.run("status", "--execution", execution[:8], "--json")
    none = shared.run("status", "--execution", "0" * 8)

    (shown,) = short.of_kind("execution")
    assert shown["id"] == execution
    assert none.code == 2
    assert "it has no execution '00000000'" in none.err
