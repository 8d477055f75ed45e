"""A secret that has no value yet gets one to rehearse with."""

from tests.local_aws_fixture import LocalAws, run_local_aws

NAME = "/cruddur/stand-in/CONNECTION_URL"


def test_a_secret_gets_a_value_once(local_aws: LocalAws) -> None:
    first = local_aws.run("stand-in", NAME, "rehearsal")
    assert (first.returncode, first.stderr) == (0, "")
    assert f"`bin/secret put {NAME}` puts another" in first.stdout
    again = local_aws.run("stand-in", NAME, "another")
    assert (again.returncode, again.stdout) == (0, "")
    kept = local_aws.client("ssm").get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    assert (kept["Type"], kept["Value"]) == ("SecureString", "rehearsal")


def test_a_name_that_the_deployer_may_not_put_is_one_sentence(local_aws: LocalAws) -> None:
    refused = local_aws.run("stand-in", "/elsewhere/NAME", "rehearsal")
    assert refused.returncode == 2
    assert "The secret /elsewhere/NAME could not be set" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_nothing_runs_and_that_is_one_sentence(local_aws: LocalAws) -> None:
    refused = run_local_aws("stand-in", "--state", str(local_aws.state_folder / "nothing"), NAME, "rehearsal")
    assert refused.returncode == 2
    assert "does not run" in refused.stderr
