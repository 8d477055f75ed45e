"""Forgets all that the local AWS holds."""

import argparse
import shutil
import sys

from local_aws.process import rehearsal_database
from local_aws.process.server_record import StateFolder
from local_aws.process.stop import stop
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Stop it and remove its state folder, once the user agrees."""
    if not folder.path.is_dir():
        print(f"There is nothing at {folder.path}.")
        return ExitCode.CLEAN
    if not folder.is_one:
        raise CannotRunError(f"{folder.path} is not a state folder of a local AWS: nothing was removed.")
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise CannotRunError("Add --yes to delete everything in the local AWS: there is no terminal to ask on.")
        if input(f"Forget everything in {folder.path}? Type yes: ") != "yes":
            raise CannotRunError("Nothing was removed.")
    stop(folder)
    rehearsal_database.remove(folder)
    shutil.rmtree(folder.path)
    print(f"{folder.path} was removed.")
    return ExitCode.CLEAN
