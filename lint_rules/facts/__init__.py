"""Facts about AWS's services, as data: one JSON file a subject, each fact with the page that states it."""

import functools
import json
from pathlib import Path
from typing import Any


@functools.cache
def facts(subject: str) -> Any:  # noqa: ANN401 - each subject has its own shape, which its file's "about" tells
    """Give the content of ``SUBJECT.json``, without its ``about``; read once a process."""
    content = json.loads((Path(__file__).parent / f"{subject}.json").read_text("utf-8"))
    content.pop("about", None)
    return content
