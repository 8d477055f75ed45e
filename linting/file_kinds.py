"""Tells templates and buildspecs from other files, by what stands in them, so that a broken one is still known."""

import re
from enum import Enum


class Kind(Enum):
    """What a file is to a linter."""

    TEMPLATE = "template"
    BUILDSPEC = "buildspec"
    OTHER = "other"


_BEFORE_KEYS = re.compile(rb"[{,]")
_TEMPLATE = re.compile(rb"""^\s{0,4}["']?(AWSTemplateFormatVersion|Resources)["']?\s*:""", re.MULTILINE)
_PHASES = re.compile(rb"""^\s{0,4}["']?(phases|batch)["']?\s*:""", re.MULTILINE)
_VERSION = re.compile(rb"""^\s{0,4}["']?version["']?\s*:""", re.MULTILINE)
_OF_TEMPLATES, _OF_BUILDSPECS = re.compile(r"template", re.IGNORECASE), re.compile(r"buildspec", re.IGNORECASE)


def kind_of(name: str, content: bytes) -> Kind:
    """Tell what a file of this ``name`` is: a template has resources, a buildspec a version and phases."""
    # A file in JSON may stand on one line.
    spread = _BEFORE_KEYS.sub(b"\n", content) if content.lstrip()[:1] == b"{" else content
    if _TEMPLATE.search(spread):
        return Kind.TEMPLATE
    if _PHASES.search(spread) and (_VERSION.search(spread) or _OF_BUILDSPECS.search(name)):
        return Kind.BUILDSPEC
    if _OF_BUILDSPECS.search(name):
        return Kind.BUILDSPEC
    return Kind.TEMPLATE if _OF_TEMPLATES.search(name) else Kind.OTHER
