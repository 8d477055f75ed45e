"""`bin/secret`: values come in hidden and are never shown."""

from tests.delivery.project import Project, topic
from tests.delivery.terminal import on_terminal

VALUE = "postgresql://user:p4ssw0rd@db.example:5432/cruddur"


def with_secret(project: Project) -> str:
    name = f"/cruddur/{project.prefix}/CONNECTION_URL"
    project.stack("one", {"Topic": topic()})
    project.manifest = {"secrets": [{"service": "backend-flask", "name": name}]}
    return name


def stored(project: Project, name: str) -> tuple[str, str]:
    found = project.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    return found["Type"], found["Value"]


def test_a_value_from_standard_input_is_put_encrypted_and_not_shown(project: Project) -> None:
    name = with_secret(project)

    result = project.run("secret", "put", name, given=f"{VALUE}\n")

    assert result.code == 0, result.err
    assert f"{name}: put as SecureString, version 1." in result.out
    assert VALUE not in result.out + result.err
    assert stored(project, name) == ("SecureString", VALUE)


def test_a_value_from_the_prompt_is_not_echoed(project: Project) -> None:
    name = with_secret(project)

    with on_terminal(project, "secret", "put", name) as terminal:
        terminal.wait_for(f"Value of {name} (it is not shown): ")
        terminal.type(VALUE)
        code = terminal.end()

    assert (code, VALUE in terminal.text) == (0, False)
    assert stored(project, name) == ("SecureString", VALUE)


def test_putting_again_makes_a_new_version(project: Project) -> None:
    name = with_secret(project)
    project.run("secret", "put", name, given="old")

    result = project.run("secret", "put", name, given="new")

    assert "version 2" in result.out
    assert stored(project, name)[1] == "new"


def test_a_name_that_no_template_uses_is_refused_with_the_known_ones(project: Project) -> None:
    name = with_secret(project)

    result = project.run("secret", "put", f"{name}S", given=VALUE)

    assert result.code == 2
    assert f"found '{name}S' (did you mean {name}?); allowed: {name}." in result.err
    assert VALUE not in result.err


def test_an_empty_or_a_too_long_value_is_refused(project: Project) -> None:
    name = with_secret(project)

    assert "found 0 bytes; allowed are 1 to 4096" in project.run("secret", "put", name, given="\n").err
    assert "found 4097 bytes; allowed are 1 to 4096" in project.run("secret", "put", name, given="x" * 4097).err


def test_a_value_is_no_argument(project: Project) -> None:
    name = with_secret(project)

    result = project.run("secret", "put", name, VALUE)

    assert result.code == 2


def test_the_list_tells_what_is_missing_and_what_is_there(project: Project) -> None:
    name = with_secret(project)

    before = project.run("secret", "list")
    project.run("secret", "put", name, given=VALUE)
    after = project.run("secret", "list")

    assert (before.code, after.code) == (1, 0)
    assert f"{name}  (backend-flask)  missing; `bin/secret put" in before.out
    assert f"{name}  (backend-flask)  there, changed " in after.out
    assert VALUE not in after.out


def test_a_secret_that_is_not_encrypted_is_told(project: Project) -> None:
    name = with_secret(project)
    project.client("ssm").put_parameter(Name=name, Value="plain", Type="String")

    result = project.run("secret", "list")

    assert result.code == 1
    assert "there, but as String, which is not encrypted" in result.out


def test_a_deployment_ends_with_the_secrets_that_are_missing(project: Project) -> None:
    name = with_secret(project)

    before = project.deploy()
    project.run("secret", "put", name, given=VALUE)
    after = project.deploy()

    assert f"Put the secret {name}, which backend-flask reads when it starts" in before.out
    assert name not in after.out
