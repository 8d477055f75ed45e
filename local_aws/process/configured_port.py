"""The port of a state folder: that of ``endpoint_url`` in the environment whose credentials lie in the folder."""

from urllib.parse import urlsplit

from local_aws.gateway.hosts import NAMES
from local_aws.process.server_record import StateFolder
from reporting.errors import CannotRunError
from settings import environment
from settings.root import ENVIRONMENTS
from settings.toml_file import shown


def configured_port(folder: StateFolder) -> int | None:
    """Return the port; None where no environment is of this folder. What is broken, the deployer reports.

    An address that the local AWS never answers at raises ``CannotRunError``: started, it would not be found there.
    """
    for path in sorted(ENVIRONMENTS.glob("*.toml")):
        try:
            found = environment.load(path)
        except CannotRunError:
            continue
        if found.credentials_file == folder.credentials and found.endpoint_url:
            address = urlsplit(found.endpoint_url)
            if address.scheme != "http" or address.hostname not in NAMES:
                raise CannotRunError(
                    f"{shown(path)}: endpoint_url: found {found.endpoint_url!r}, where the AWS on this machine never "
                    f"answers; allowed: http://{NAMES[0]}:PORT, or another credentials_file than that of {folder.path}."
                )
            return address.port
    return None
