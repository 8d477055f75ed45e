"""One thread at a time changes the deployments of a service within MiniStack, or counts and starts its tasks.

Who counted in the middle of a change would find no deployment under way, and stop the tasks that serve.
"""

import threading

from ministack.core.responses import get_account_id, get_region

_LOCKS: dict[str, threading.RLock] = {}


def service_name(key: str) -> str:
    """Return the name, among all accounts and regions, of the service that MiniStack knows as ``CLUSTER/NAME``."""
    return f"{get_account_id()}/{get_region()}/{key}"


def service_lock(key: str) -> threading.RLock:
    """Return the lock of the service ``CLUSTER/NAME`` of this thread's account and region."""
    return _LOCKS.setdefault(service_name(key), threading.RLock())
