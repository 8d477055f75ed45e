"""How the service is run: `gunicorn` alone, in this folder.

https://docs.gunicorn.org/en/stable/settings.html
"""

import os
import sys
from collections.abc import Collection
from typing import Final

from cruddur.logs import LEVELS, ServerLogger, logging_configuration
from cruddur.server.limits import LARGEST_LINE

_CANNOT_START: Final = 2
_MOST_PROCESSES: Final = 64


def _setting(name: str, default: str, allowed: Collection[str], description: str) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        # There is no log yet.
        print(f"{name} is {value!r}; allowed is {description}.", file=sys.stderr)  # noqa: T201
        sys.exit(_CANNOT_START)
    return value


_processes = [str(number) for number in range(1, _MOST_PROCESSES + 1)]

wsgi_app = "app:app"
bind = ["0.0.0.0:4567"]
workers = int(_setting("WORKER_PROCESSES", "2", _processes, f"a whole number, 1 to {_MOST_PROCESSES}"))
worker_class = "cruddur.server.worker.Worker"
# A mistake in the environment ends the process at once, instead of one worker after another.
preload_app = True
# Longer than a load balancer keeps an idle connection (60 s), so that it never sends into one that is being
# closed.
keepalive = 65
# Connections that wait to be accepted: as many as Linux allows by default. Of more, each would wait for a
# second or three, until its client tries again.
backlog = 4096
limit_request_line = LARGEST_LINE
limit_request_field_size = LARGEST_LINE
# Nobody's word is taken for the scheme and the script's name.
forwarded_allow_ips = ""
# A request whose client has left need not wait for a thread.
asgi_disconnect_grace_period = 0
# Platforms kill after 10 s (docker stop) or 30 s (ECS).
graceful_timeout = 8
# The only folder that can be written in a container whose file system is read-only.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes its own unguessable file in it
control_socket_disable = True
logger_class = ServerLogger
logconfig_dict = logging_configuration(_setting("LOG_LEVEL", "INFO", LEVELS, "one of " + ", ".join(LEVELS)))
