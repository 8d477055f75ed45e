"""Keeps MiniStack's state on disk: what a client was told is done survives a kill.

MiniStack itself writes at a graceful end only. Here each service's state is written, atomically, soon after a request
that may have changed it; and before a client reads that a stack has come to rest.
"""

import asyncio
import hashlib
import logging
import threading
from pathlib import Path

from local_aws.ministack import state
from local_aws.records import write_atomically

_QUIET_SECONDS = 0.2

_LOGGER = logging.getLogger("local_aws")


class Snapshots:
    """Writes what changed into ``folder``, from where MiniStack reads it at its next start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._stacks = state.stacks_in_brief()
        self._due: asyncio.TimerHandle | None = None

    async def settled(self, service: str, *, changing: bool) -> None:
        """Hear that a request to ``service`` was worked on, before it is answered."""
        stacks = state.stacks_in_brief()
        if service == "cloudformation" and stacks != self._stacks:
            self._stacks = stacks
            self.write()
        elif changing:
            self.soon()

    def soon(self) -> None:
        """Write when it has been quiet for a moment; call it on the event loop."""
        if self._due is not None:
            self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self.write)

    def write(self) -> None:
        """Write each service's state that differs from what was written last."""
        with self._lock:
            for name, state_of in state.states().items():
                try:
                    current = state_of()
                    text = None if current is None else state.encoded(name, current).encode()
                except Exception:
                    # A thread changed the state while it was copied; the next write has it whole.
                    _LOGGER.exception("The state of %s could not be copied; it will be tried again", name)
                    continue
                if text is not None:
                    self._keep(name, text)

    def _keep(self, name: str, text: bytes) -> None:
        digest = hashlib.sha256(text).digest()
        if self._written.get(name) != digest:
            write_atomically(self._folder / f"{name}.json", text)
            self._written[name] = digest
