"""The templates of `build/`, as text and as what the text says."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from delivery.model.manifest import Manifest, Stack, read_json
from reporting.errors import CannotRunError
from settings.toml_file import shown

LARGEST_INLINE = 51_200
"""Bytes that CloudFormation takes within a request; a larger template goes through a bucket.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

LARGEST = 1_000_000
"""Bytes that CloudFormation takes from a bucket (the same page: 1 MB)."""

MOST_RESOURCES = 500
"""Resources that CloudFormation takes in one template (the same page)."""


@dataclass(frozen=True)
class Template:
    """One template. ``text`` is what is sent; ``document`` is that text read as JSON."""

    file: str
    text: str
    document: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.text.encode())

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal digits."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """What it says about its parameters, by name."""
        return self.document.get("Parameters") or {}

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Its resources, by logical id."""
        return self.document.get("Resources") or {}


def read(manifest: Manifest, stack: Stack) -> Template:
    """Read the template of ``stack``; one that can't be read raises ``CannotRunError``."""
    path = manifest.build / stack.template
    text, document = read_json(path)
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        sentence = f"{shown(path)}: it has no Resources, so it is not a template; regenerate it with `make templates`."
        raise CannotRunError(sentence)
    template = Template(shown(path), text, document)
    if template.size > LARGEST:
        sentence = (
            f"{shown(path)}: it has {template.size} bytes; CloudFormation takes {LARGEST} at most; split the stack."
        )
        raise CannotRunError(sentence)
    if len(template.resources) > MOST_RESOURCES:
        raise CannotRunError(
            f"{shown(path)}: it has {len(template.resources)} resources; CloudFormation takes {MOST_RESOURCES} at "
            "most; split the stack."
        )
    return template
