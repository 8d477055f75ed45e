"""Reading shell scripts: which commands there are, what stands around them, and what a shell would stumble over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildspecs.shell import FaultKind, PieceKind, parse


def programs(text: str) -> list[str]:
    return [command.program for command in parse(text).commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("make && ./configure --prefix=/usr | tee log", ["make", "configure", "tee"]),
        ("A=1 B=2 make # a comment; rm", ["make"]),
        ("sudo -u app env A=b timeout -k 5 10 docker run x", ["docker"]),
        ('echo "at $(date +%s) in `pwd`"', ["echo", "date", "pwd"]),
        ('bash -ec "make; $(which go) test"', ["bash", "make", "", "which"]),
        ("if ! docker ps; then exit 1; fi", ["docker", "exit"]),
        ("case $x in a|b) make;; *) exit 2;; esac", ["case", "make", "exit"]),
        ("f() { make; }; function g { ls; }; f", ["make", "ls", "f"]),
        ("cat <<EOF\nrm -rf /\nEOF\nls", ["cat", "ls"]),
        ("[[ a && b > c || (d) ]] && a=(1 2) ls", ["[[", "ls"]),
        ("x=$((1 + (2 * 3))); ((x++)); ls", ["", "((x++))", "ls"]),
        ('a="$(b "$(c "d) e")" f)" g', ["g", "b", "c"]),
    ],
)
def test_finds_every_simple_command(text: str, expected: list[str]) -> None:
    assert programs(text) == expected
    assert parse(text).faults == ()


def test_a_word_knows_its_quotes() -> None:
    (command,) = parse("""printf '[{"name":"%s"}]' "$NAME:\\"x\\"" plain\\ text""").commands
    form, value, plain = command.arguments
    assert (form.text, form.literal, [piece.kind for piece in form.pieces]) == (
        '[{"name":"%s"}]',
        True,
        [PieceKind.SINGLE],
    )
    assert (value.text, list(value.variables()), value.replaced("-")) == ('$NAME:"x"', ["NAME"], '-:"x"')
    assert (plain.text, plain.quoted) == ("plain text", True)


def test_a_command_knows_its_line_and_neighbours() -> None:
    first, second, third = parse("make ||\n  exit 1\nls > out").commands
    assert [(one.line, one.before, one.after) for one in (first, second, third)] == [
        (1, "", "||"),
        (2, "||", "\n"),
        (3, "\n", "\n"),
    ]
    assert [one.piped for one in (first, second, third)] == [False, False, True]


def test_a_loop_knows_its_condition_and_body() -> None:
    script = parse("until docker info; do sleep 1; done &")
    (loop,) = script.blocks
    assert (loop.kind, loop.after) == ("until", "&")
    assert [one.program for one in script.inside(loop, in_condition=True)] == ["docker"]
    assert [one.program for one in script.inside(loop, in_condition=False)] == ["sleep"]


def test_a_here_document_belongs_to_its_command() -> None:
    (command,) = parse('cat > taskdef.json <<-"END"\n\t{"a": 1}\n\tEND\n').commands
    document = command.redirects[1].document
    assert document is not None
    assert (document.text, document.expanded) == ('\t{"a": 1}', False)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ('echo "a\nb', FaultKind.QUOTE, 1),
        ("ls\necho it's", FaultKind.QUOTE, 2),
        ("echo $(date", FaultKind.SUBSTITUTION, 1),
        ("cat <<EOF > file", FaultKind.HERE_DOCUMENT, 1),
        ("ls; if true; then", FaultKind.OPEN, 1),
        ("ls\nfi", FaultKind.STRAY, 2),
        ("do echo", FaultKind.STRAY, 1),
    ],
)
def test_tells_what_a_shell_stumbles_over(text: str, kind: FaultKind, line: int) -> None:
    assert [(fault.kind, fault.line) for fault in parse(text).faults] == [(kind, line)]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="a $(){}[]<>|&;'\"`\\\n#=!if\tthen do ne case in esac EOF", max_size=60))
def test_any_text_is_read(text: str) -> None:
    script = parse(text)
    assert all(1 <= command.line <= text.count("\n") + 2 for command in script.commands)
