"""AWS's validator in a process of its own, which ends when it has had nothing to do for a while.

With the schemas of all resource types it takes 200 MB, more than everything else here together.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress

from local_aws.platform.service import ServiceError
from local_aws.process.server_record import PROJECT_FOLDER

_IDLE_SECONDS = 20.0
_ATTEMPTS = 2
_COMMAND = [sys.executable, "-P", "-m", "local_aws.cloudformation.template_gate.validating"]


class Validator:
    """Checks templates, one after another; its methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._end = threading.Timer(0, self._close)

    def warm_up(self) -> None:
        """Have the process ready for the template that comes soon."""
        with self._lock:
            self._started()

    def check(self, text: str) -> None:
        """Raise ``ServiceError`` ValidationError where a resource of the template does not fit its type."""
        with self._lock:
            refusal = self._asked(text)
        if refusal is not None:
            raise ServiceError(refusal[0], refusal[1])

    def _asked(self, text: str) -> list[str] | None:
        for _ in range(_ATTEMPTS):
            process = self._started()
            if process.stdin is None or process.stdout is None:
                break
            with suppress(BrokenPipeError):
                process.stdin.write(f"{json.dumps(text)}\n")
                process.stdin.flush()
            answer = process.stdout.readline()
            if answer:
                refusal: list[str] | None = json.loads(answer)
                return refusal
            # It was killed: another one may fare better.
            self._closed()
        raise ServiceError("InternalFailure", "AWS's validator of templates ended without an answer.", 500)

    def _started(self) -> "subprocess.Popen[str]":
        self._end.cancel()
        self._end = threading.Timer(_IDLE_SECONDS, self._close)
        self._end.daemon = True
        self._end.start()
        if self._process is None:
            self._process = subprocess.Popen(
                _COMMAND,
                cwd=PROJECT_FOLDER,
                env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        return self._process

    def _close(self) -> None:
        with self._lock:
            if self._end is threading.current_thread():
                self._closed()

    def _closed(self) -> None:
        """End the process by ending its input, as it ends by itself where ours is killed."""
        if self._process is not None:
            with suppress(BrokenPipeError):
                self._process.communicate()
            self._process = None
