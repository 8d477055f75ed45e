"""Facts about CodeBuild's images, as data: one JSON file a subject, each fact with the page that states it."""

import functools
import json
from pathlib import Path
from typing import Any


@functools.cache
def facts(subject: str) -> Any:  # noqa: ANN401 - each subject has its own shape, which its file's "about" tells
    """Give the content of ``SUBJECT.json``; read once a process."""
    return json.loads((Path(__file__).parent / f"{subject}.json").read_text("utf-8"))
