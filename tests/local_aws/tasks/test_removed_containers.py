"""What is known of a container is forgotten once it is removed, whatever the reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws.tasks.probe import BASE, docker
from tests.local_aws_fixture import PROJECT_FOLDER

# MiniStack is changed by our rules, so it is another process that they are put in.
PROGRAM = """
import json, sys, time
from pathlib import Path
from local_aws.ministack import environment
environment.prepare(port=1, region="ca-central-1", account_id="000000000000", state_folder=Path(sys.argv[1]))
from ministack.services import ecs
from local_aws.ministack.ecs import task_ends
engine = task_ends.watch_tasks()
states = [engine.look(identifier).running for identifier in sys.argv[2:]]
for identifier in sys.argv[2:]:
    ecs._cleanup_task_resources({"_docker_ids": [identifier]}, ecs._get_docker())
end = time.monotonic() + 20
while engine._states and time.monotonic() < end:
    time.sleep(0.1)
print(json.dumps([states, list(engine._states)]))
"""


def test_nothing_is_kept_of_removed_containers(tmp_path: Path) -> None:
    check_docker()
    words = ["--stop-signal", "SIGKILL", "--entrypoint", "sleep", BASE, "60"]
    identifiers = [docker("create", *words).stdout.strip(), docker("run", "--detach", *words).stdout.strip()]
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, str(tmp_path), *identifiers],
        env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[False, True], []]
    assert not docker("ps", "--all", "--quiet", *(f"--filter=id={identifier}" for identifier in identifiers)).stdout
