"""Which words of a command have a secret's value in them."""

import re
from collections.abc import Collection, Sequence

from buildspecs.rules.subject import Command
from buildspecs.shell import Piece, PieceKind, SimpleCommand, Word

PIPES = ("|", "|&")
PASSES_ON = {"base64", "cat", "cut", "fold", "head", "nl", "od", "rev", "sed", "sort", "tail", "tee", "tr", "xxd"}
"""Programs that print what they read, as it is or in another form."""

VALUE_OF = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)(?![A-Za-z0-9_]|:?\+)")
"""The value of a variable; neither its length nor ``${NAME:+other}``."""


def secret_in(word: Word, secrets: Collection[str]) -> str:
    """Return the secret variable whose value is in the word; empty for none."""
    return next((name for piece in word.pieces for name in _names(piece) if name in secrets), "")


def _names(piece: Piece) -> Sequence[str]:
    return VALUE_OF.findall(piece.text) if piece.kind is PieceKind.EXPANSION else ()


def reaches_log(command: Command, simple: SimpleCommand) -> bool:
    """Return whether what a command prints is printed to the log, by itself or by what it is piped through."""
    commands = command.script.commands
    last = simple
    for later in commands[commands.index(simple) + 1 :]:
        if last.after not in PIPES or later.before not in PIPES or later.program not in PASSES_ON:
            break
        last = later
    return not last.piped


def following(words: Sequence[Word], *options: str) -> Sequence[Word]:
    """Return the values of options: the next word, or what is joined to the option."""
    values: list[Word] = []
    for index, word in enumerate(words):
        if word.text in options:
            values += words[index + 1 : index + 2]
        elif any(_is_joined(word, option) for option in options):
            values.append(word)
    return values


def _is_joined(word: Word, option: str) -> bool:
    return word.text.startswith(f"{option}=" if option.startswith("--") else option) and word.text != option
