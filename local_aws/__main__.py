"""The command ``bin/local-aws``."""

import sys

from local_aws.command_line import main
from reporting import command

sys.exit(command.run(main))
