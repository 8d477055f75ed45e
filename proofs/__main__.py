"""Starts the proof: ``python -m proofs``."""

import sys

from proofs.proving import main
from reporting import command

sys.exit(command.run(main))
