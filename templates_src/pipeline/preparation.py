"""Makes what the build of the action Prepare is told, and what it may do.

It writes the files that CodeDeploy deploys from, and deploys nothing itself. Look at the rights: it reads task
definitions.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from awacs.aws import Statement

from settings.delivery import Build
from settings.service import Service
from templates_src import permissions

PLACEHOLDER = "IMAGE1_NAME"
"""As the buildspec has it, in angle brackets."""
_BUILDSPEC = Path(__file__).with_name("prepare.buildspec.yml").read_text("utf-8")
_MINUTES = 5


def build() -> Build:
    """Return the project's settings; its buildspec is a text."""
    return Build(_BUILDSPEC, _MINUTES, containers=False)


def variables(service: Service) -> dict[str, Any]:
    """Return what the buildspec wants to know."""
    return {
        "FAMILY": service.task_family,
        "CONTAINER_NAME": service.name,
        "CONTAINER_PORT": str(service.port),
    }


def rights() -> Sequence[Statement]:
    """Return what the build may do."""
    return [permissions.read_task_definitions()]
