"""Reads shell scripts as far as one can without running them: simple commands, and what encloses and joins them.

It is total: any text gives a script, and what a shell would refuse is in its ``faults``. Grammar:
https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from buildspecs.shell.parsing import parse
from buildspecs.shell.script import Block, Fault, FaultKind, Redirect, Script, SimpleCommand
from buildspecs.shell.words import HereDocument, Piece, PieceKind, Word

__all__ = [
    "Block",
    "Fault",
    "FaultKind",
    "HereDocument",
    "Piece",
    "PieceKind",
    "Redirect",
    "Script",
    "SimpleCommand",
    "Word",
    "parse",
]
