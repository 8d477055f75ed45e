"""Starts one of the delivery's commands: ``python -m delivery COMMAND ...``."""

import sys

from delivery.cli.commands import main
from reporting import command

sys.exit(command.run(main))
