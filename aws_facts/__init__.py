"""What AWS documents, once, as data: one JSON file a subject, each fact with the page that states it.

The lint rules, the contracts, the local AWS and the proofs all read these files. Nothing here imports another room.
"""

import functools
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@functools.cache
def facts(subject: str) -> Any:  # noqa: ANN401 - each subject has its own shape, which its file's "about" tells
    """Return the content of ``SUBJECT.json``, without its ``about``; read once a process."""
    content = json.loads((FOLDER / f"{subject}.json").read_text("utf-8"))
    content.pop("about", None)
    return content
