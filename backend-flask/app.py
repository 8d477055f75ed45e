"""The service as a WSGI server imports it: `app:app`, made from the environment."""

import atexit
import os
import sys

from cruddur.application import create_app
from cruddur.settings import Settings, SettingsError

CANNOT_START = 2

try:
    app = create_app(Settings.from_environment(os.environ))
except SettingsError as error:
    print(f"backend-flask cannot start:\n{error}", file=sys.stderr)  # noqa: T201 - there is no log yet
    sys.exit(CANNOT_START)

# In each process that was forked from this one: its connections are its own.
atexit.register(app.extensions["database"].close)
