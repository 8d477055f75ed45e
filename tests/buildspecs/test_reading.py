"""Reading a buildspec: what is right is typed, what is wrong is told with its line, and nothing else comes out."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from buildspecs.reading import Problem, YamlFileError, read
from buildspecs.reading.model import PHASES, Action, Artifacts, Cache, OnFailure, Report, SecretReference

FULL = """\
version: 0.2
run-as: root
env:
  shell: bash
  variables: {NUMBER: 5, FLAG: yes, TEXT: "a b"}
  parameter-store: {TOKEN: /shop/token}
  secrets-manager:
    PASSWORD: db:password:AWSPREVIOUS
    WHOLE: arn:aws:secretsmanager:ca-central-1:000000000000:secret:db-AbCdEf:user
  exported-variables: [VERSION]
  git-credential-helper: no
phases:
  install:
    runtime-versions: {python: 3.x}
  pre_build:
    on-failure: RETRY-2-connection .*refused
    commands:
      - "echo a: b"
      - |
        if true; then
          echo two lines
        fi
  build:
    on-failure: ABORT
    commands: [make, true, 7]
    finally: [make clean]
reports:
  unit:
    files: ["**/*.xml"]
    base-directory: out
  coverage: {files: [coverage.xml], file-format: CoberturaXml, discard-paths: yes}
artifacts:
  files: ["**/*"]
  name: shop-$(date +%Y)
  base-directory: dist
  exclude-paths: "**/.*"
  enable-symlinks: yes
  secondary-artifacts:
    docs: {files: [index.html], discard-paths: yes}
cache:
  key: deps-$(codebuild-hash-files lock)
  fallback-keys: [deps-]
  action: restore
  paths: [/root/.cache/**/*]
"""


def test_a_command_of_which_a_comment_is_left_is_passed_over() -> None:
    spec = read(
        "version: 0.2\nphases:\n  build:\n    commands:\n      - # make check\n      - make\n    finally: [null]\n"
    )
    assert (spec.phases["build"].commands, spec.phases["build"].finally_commands) == (("make",), ())


def test_of_equal_keys_the_last_is_taken_and_a_reserved_name_is_a_name() -> None:
    found = read(COMMANDS + "  build:\n    commands: [b]\nenv:\n  variables: {CODEBUILD_X: 1, CODEBUILD_X: 2}\n")
    assert found.phases["build"].commands == ("b",)
    assert found.environment.variables == {"CODEBUILD_X": "2"}


def test_reads_every_section() -> None:
    spec = read(FULL)
    assert list(spec.phases) == list(PHASES)
    assert spec.phases["install"].runtime_versions == {"python": "3.x"}
    assert spec.phases["pre_build"].on_failure == OnFailure(Action.RETRY, 2, "connection .*refused")
    assert spec.phases["pre_build"].commands == ("echo a: b", "if true; then\n  echo two lines\nfi\n")
    assert spec.phases["build"].commands == ("make", "true", "7")
    assert spec.phases["build"].finally_commands == ("make clean",)
    assert spec.environment.shell == "bash"
    assert spec.environment.variables == {"NUMBER": "5", "FLAG": "yes", "TEXT": "a b"}
    assert spec.environment.secrets_manager == {
        "PASSWORD": SecretReference("db", "password", "AWSPREVIOUS"),
        "WHOLE": SecretReference("arn:aws:secretsmanager:ca-central-1:000000000000:secret:db-AbCdEf", "user"),
    }
    assert spec.reports["coverage"] == Report(("coverage.xml",), discard_paths=True, file_format="COBERTURAXML")
    assert spec.artifacts == Artifacts(
        ("**/*",), "shop-$(date +%Y)", base_directory="dist", exclude_paths=("**/.*",), enable_symlinks=True
    )
    assert spec.secondary_artifacts["docs"].discard_paths
    assert spec.cache == Cache(("/root/.cache/**/*",), "deps-$(codebuild-hash-files lock)", ("deps-",), "restore")


def test_keeps_where_every_key_and_item_is_written() -> None:
    positions = read(FULL).positions
    assert positions["phases", "build", "finally"] == (26, 5)
    assert positions["phases", "pre_build", "commands", 1] == (19, 9)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("CONTINUE", OnFailure(Action.CONTINUE)),
        ("RETRY", OnFailure(Action.RETRY, 3)),
        ("RETRY-0", OnFailure(Action.RETRY, 0)),
        ("Retry-.*timed out.*", OnFailure(Action.RETRY, 3, ".*timed out.*")),
        ("RETRY-8-invalid+", OnFailure(Action.RETRY, 8, "invalid+")),
    ],
)
def test_on_failure_has_the_documented_forms(value: str, expected: OnFailure) -> None:
    text = f"version: 0.2\nphases:\n  build:\n    on-failure: {value}\n    commands: [a]\n"
    assert read(text).phases["build"].on_failure == expected


COMMANDS = "version: 0.2\nphases:\n  build:\n    commands: [a]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The buildspec is not a mapping at line 1"),
        ("phases:\n  build:\n    commands: [a]\n", "wrong number of container tags, expected 1"),
        ("version: 0.2\n", "phases is missing at line 1"),
        ("version: 0.1\nphases:\n  build:\n    commands: [a]\n", "Version 0.1 runs each command in a shell of its own"),
        ("version: 9\nphases:\n  build:\n    commands: [a]\n", "Unsupported buildspec version '9'"),
        (
            'version: 0.2\n\nphases:\n  build:\n    commands:\n     - echo "Hello: world"\n',
            (
                "Expected Commands[0] to be of string type: found subkeys instead at line 6, "
                "value of the key tag on line 5 might be empty"
            ),
        ),
        (
            "version: 0.2\nphases:\n  build:\n    commands: [a]\nartifacts:\n  files:\n    -\n",
            "Files[0] to be of string type: found null",
        ),
        (
            "version: 0.2\nphases:\n  build:\n    commands: {a: b}\n",
            "Expected commands in phases/build to be a list",
        ),
        ("version: 0.2\nphases:\n  build:\n", "Expected build in phases to be a mapping: found null instead at line 3"),
        (
            "version: 0.2\nphases:\n  postbuild:\n    commands: [a]\n",
            "Invalid buildspec phase name: postbuild. Expecting: build,install,post_build,pre_build",
        ),
        ("version: 0.2\nphases: {}\n", "phases holds no phase"),
        ("version: 0.2\nphases:\n  build:\n    command: [a]\n", "commands is missing in phases/build at line 4"),
        (
            COMMANDS + "artefacts:\n  files: [a]\n",
            "Unknown key 'artefacts' in the buildspec at line 5; did you mean arti",
        ),
        (COMMANDS + "    runtime-versions: {python: 3}\n", "at line 5; it belongs in phases/install."),
        (COMMANDS + "    on-failure: RETRY-101\n", "The count must be between 0 and 100 at line 5"),
        (COMMANDS + "    on-failure: RETRY-(\n", "The regular expression is wrong"),
        (COMMANDS + "    on-failure: IGNORE\n", "Invalid on-failure value: IGNORE. Expecting: ABORT,CONTINUE,RETRY"),
        (
            COMMANDS + "env:\n  shell: fish\n",
            "Invalid shell 'fish' in env. Expecting: bash,/bin/sh,sh,powershell.exe,",
        ),
        (
            COMMANDS + "env:\n  variables: {A-B: 1}\n",
            "'A-B' in env/variables is not the name of an environment variable",
        ),
        (COMMANDS + "env:\n  variables: {A: [1]}\n", "Expected A in env/variables to be of string type: found a list"),
        (COMMANDS + "env:\n  secrets-manager: {A: 'a:b:c:d'}\n", "names a version stage and a version id"),
        (COMMANDS + "artifacts:\n  files: []\n  discard-paths: maybe\n", "to be yes or no: found 'maybe'"),
        (COMMANDS + "artifacts:\n  name: a\n", "files is missing in artifacts at line 6"),
        (COMMANDS + "reports:\n  a: {files: [b], file-format: PDF}\n", "Invalid file-format 'PDF' in reports/a"),
        (COMMANDS + "cache:\n  paths: [a]\n  action: drop\n", "Invalid action 'drop' in cache"),
        ("version: 0.2\nphases:\n  build:\n\tcommands: [a]\n", "found character that cannot start any token at line 4"),
        ("version: 0.2: 3\n", "mapping values are not allowed in this context at line 1"),
        ("version: [0.2\nphases: 1\n", "did not find expected ',' or ']' at line 2"),
        ("version: 0.2\nphases: *gone\n", "unknown anchor 'gone' referenced at line 2"),
        ("version: &a [*a]\n", "an anchor contains itself at line 1"),
    ],
)
def test_tells_what_is_wrong_and_where(text: str, message: str) -> None:
    with pytest.raises(YamlFileError) as caught:
        read(text)
    assert message in caught.value.message, caught.value.problems


def test_tells_all_faults_of_a_file_at_once() -> None:
    with pytest.raises(YamlFileError) as caught:
        read("version: 0.2\nphases:\n  build:\n    commands: [a, {b: c}]\n  deploy: {}\nenvironment: {}\n")
    assert [problem.position.line for problem in caught.value.problems] == [4, 5, 6]


def test_does_not_expand_anchors_without_end() -> None:
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x]"
    more = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(YamlFileError, match="excessive aliasing"):
        read("\n".join([first, *more]))


def test_merge_keys_are_merged() -> None:
    text = "version: 0.2\nphases:\n  pre_build: &p\n    commands: [a]\n  build:\n    <<: *p\n    finally: [b]\n"
    assert read(text).phases["build"].commands == ("a",)


WORDS = """version phases build install commands finally env variables artifacts files reports on-failure cache paths
secondary-artifacts runtime-versions shell secrets-manager run-as"""
KEYS = st.sampled_from(WORDS.split())
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from([0.2, "RETRY-3-(", "a:b:c:d:e"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(VALUES.map(yaml.safe_dump), st.text(), st.text(alphabet="{}[]:-&*!|>'\"\n\t #%a0.2")))
def test_nothing_but_a_buildspec_or_its_faults_comes_out(text: str) -> None:
    problems = faults(text)
    assert all("line" in problem.message for problem in problems), problems


def faults(text: str) -> tuple[Problem, ...]:
    try:
        read(text)
    except YamlFileError as error:
        return error.problems
    return ()
