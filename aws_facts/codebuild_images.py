"""The names of the images that CodeBuild provides.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from aws_facts import facts

CURATED = "aws/codebuild/"
_RELEASE = re.compile(r"-\d+\.\d+\.\d+$")
"""A tag may name one release: by its date, as ``standard:7.0-24.10.29``, formerly as ``standard:1.0-1.13.0``."""


class ImageName(NamedTuple):
    """An image of CodeBuild's own: its family, with ``aws/codebuild/``, and its tag without its release."""

    family: str
    tag: str

    @property
    def known(self) -> Mapping[str, Any] | None:
        """Return what is known of the family; None for one that CodeBuild does not have."""
        families: Mapping[str, Mapping[str, Any]] = facts("codebuild_images")["families"]
        return families.get(self.family)

    @property
    def end(self) -> Mapping[str, Any] | None:
        """Return why, and since when, the image is no longer maintained; None for one that is, or that is unknown."""
        ended: Mapping[str, Mapping[str, Any]] = (self.known or {}).get("ended", {})
        return ended.get(self.tag, ended.get("*"))


def curated(name: str | None) -> ImageName | None:
    """Read the name that a project gives; None when it is not known, or an image of someone else's."""
    if name is None or not name.startswith(CURATED):
        return None
    family, _, tag = name.partition(":")
    return ImageName(family, _RELEASE.sub("", tag))
