"""The version that the health check reports; change it here to see a release arrive."""

from typing import Final

VERSION: Final = 1
