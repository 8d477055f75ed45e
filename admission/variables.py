"""The environment variables of a build that the commands read, and why an image is not admitted."""

import os
from collections.abc import Mapping

from reporting.errors import CannotRunError


class NotAdmittedError(Exception):
    """What was found can't be what the bake attested; the message says why."""


def value(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return a variable's value; raises ``CannotRunError`` where it has none."""
    found = environment.get(name, "")
    if not found:
        raise CannotRunError(f"{name} has no value; the project of the pipeline sets it (docs/admission.md).")
    return found


def attestation_place(digest: str, commit: str) -> tuple[str, str]:
    """Return bucket and key of the attestation of an image, as it was made of ``commit``."""
    return value("ATTESTATION_BUCKET"), attestation_key(value("ATTESTATION_FOLDER"), digest, commit)


def attestation_key(folder: str, digest: str, commit: str) -> str:
    """Return the key: two commits that make the same image have an attestation each."""
    return f"{folder}/{digest.replace(':', '-')}/{commit}.json"
