"""The program that ``bin/local-aws start`` leaves running: ``python -m local_aws.process.server_process``."""

import argparse
import sys
from pathlib import Path

from local_aws.process.serve import serve
from local_aws.process.server_record import StateFolder


def main() -> int:
    """Serve with the settings of the command line."""
    parser = argparse.ArgumentParser(description="Serves the local AWS; bin/local-aws start runs this.")
    for name in ("--state", "--port", "--account", "--region"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    try:
        serve(StateFolder(Path(arguments.state)), int(arguments.port), arguments.account, arguments.region)
    except OSError as error:
        print(f"Port {arguments.port} can't be listened on: {error.strerror}.", file=sys.stderr)
        return 2
    return 0


sys.exit(main())
