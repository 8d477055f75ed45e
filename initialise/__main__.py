"""Starts the command: ``python -m initialise``."""

import sys

from initialise.command import main
from reporting import command

sys.exit(command.run(main))
