"""The images that CodeBuild provides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lint_rules.codebuild.project import known

CURATED = "aws/codebuild/"
_RELEASE = re.compile(r"-\d\d\.\d\d\.\d\d$")


@dataclass(frozen=True)
class Image:
    """An image of CodeBuild's own: its family, its tag without the date of a release, and what is known of the family.

    ``facts`` is None for a family that CodeBuild does not have.
    """

    family: str
    tag: str
    facts: Mapping[str, Any] | None


def curated_image(name: str | None) -> Image | None:
    """Read ``name``; None when it is not known, or an image of someone else's."""
    if name is None or not name.startswith(CURATED):
        return None
    family, _, tag = name.partition(":")
    return Image(family, _RELEASE.sub("", tag), known("images")["families"].get(family))
