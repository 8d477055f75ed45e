"""Starts the command: ``python -m proofs.deployer``."""

import sys

from proofs.deployer.command import main
from reporting import command

sys.exit(command.run(main))
