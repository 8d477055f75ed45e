"""Lets a process end with the one that started it, however that one ends: by a fault, by any signal, by SIGKILL."""

import ctypes
import os
import signal
import sys
import threading

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def end_with(life: int) -> None:
    """End this process when ``life``, a pipe whose other end the parent alone holds, is closed.

    On Linux the kernel sees to it as well, also where a library holds Python up.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    threading.Thread(target=_watch, args=(life,), name="end with parent", daemon=True).start()


def _watch(life: int) -> None:
    while os.read(life, 4096):
        pass
    os.kill(os.getpid(), signal.SIGKILL)
