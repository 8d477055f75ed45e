"""The port of a state folder: that of ``endpoint_url`` in the environment whose credentials lie in the folder."""

from urllib.parse import urlsplit

from local_aws.process.server_record import StateFolder
from reporting.errors import CannotRunError
from settings import environment
from settings.root import ENVIRONMENTS


def configured_port(folder: StateFolder) -> int | None:
    """Return the port; None where no environment is of this folder. What is broken, the deployer reports."""
    for path in sorted(ENVIRONMENTS.glob("*.toml")):
        try:
            found = environment.load(path)
        except CannotRunError:
            continue
        if found.credentials_file == folder.credentials and found.endpoint_url:
            return urlsplit(found.endpoint_url).port
    return None
