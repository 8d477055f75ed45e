"""Writes a program that makes the same templates from dictionaries written out by hand: the floor for any generator."""

import json
from collections.abc import Mapping
from pathlib import Path

PROGRAM = """import json
import pathlib
import sys

import {module}

for name, make in {module}.DOCUMENTS.items():
    pathlib.Path(sys.argv[1], name).write_text(json.dumps(make(), indent=2) + "\\n", "utf-8")
"""


def write_program(documents: Mapping[str, bytes], folder: Path) -> Path:
    """Write the program to ``folder``, with the dictionaries of ``documents`` in a module beside it; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    functions, names = [], []
    for number, (name, content) in enumerate(documents.items()):
        functions.append(f"def document_{number}():\n    return {json.loads(content)!r}\n")
        names.append(f"    {name!r}: document_{number},\n")
    (folder / "dictionaries_by_hand.py").write_text("\n".join(functions) + "\nDOCUMENTS = {\n" + "".join(names) + "}\n")
    program = folder / "make_dictionaries.py"
    program.write_text(PROGRAM.format(module="dictionaries_by_hand"))
    return program
