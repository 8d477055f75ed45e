"""The hook by which ``git push`` to the local AWS says what it started: git shows what it prints as ``remote: ...``.

https://git-scm.com/docs/githooks#post-receive
"""

import shlex
import sys
from pathlib import Path

from local_aws.platform.context import PlatformContext
from local_aws.services.codepipeline.triggers.git import Repository
from local_aws.state.files import write_atomically

_HOOK = """#!/bin/sh
# Written by the local AWS at its start.
PYTHONPATH={project} exec {python} -P -m local_aws.process.push_report {state} {repository}
"""
_RUNNABLE = 0o700


def install(host: PlatformContext, repository: Path) -> None:
    """Have the bare repository run the hook of this project and state folder, whatever hooks its user has elsewhere."""
    words = {
        "project": host.project_folder,
        "python": sys.executable,
        "state": host.state_folder,
        "repository": repository,
    }
    content = _HOOK.format(**{name: shlex.quote(str(word)) for name, word in words.items()}).encode()
    hook = repository / "hooks" / "post-receive"
    if hook.is_file() and hook.read_bytes() == content:
        return
    hook.parent.mkdir(exist_ok=True)
    write_atomically(hook, content, _RUNNABLE)
    Repository(repository).run_own_hooks()
