"""The project's settings with a second service, whose pipeline keeps its artifacts in the same bucket."""

import json
from pathlib import Path
from typing import Any

from settings import project
from settings.root import SETTINGS_FILE
from synthesis.build_folder import documents

SECOND = "worker"


def templates_of_two_services(folder: Path) -> dict[str, Any]:
    """Return file name to template, the manifest among them."""
    text = SETTINGS_FILE.read_text("utf-8")
    service = text[text.index("\n[[services]]\n") :]
    second = service.replace('name = "backend-flask"', f'name = "{SECOND}"').replace('pipeline = "', '# pipeline = "')
    for key in ("image_repository", "task_family"):
        second = second.replace(f"{key} =", f"# {key} =")
    path = folder / "system.toml"
    path.write_text(text + second.replace('["/*"]', '["/orders/*"]').replace('"/api/', '"/orders/'), "utf-8")
    return {name: json.loads(content) for name, content in documents(project.load(path)).items()}
