"""What makes a manifest one: JSON of a known kind, of its stated digest, about blobs and images that are there.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html,
https://distribution.github.io/distribution/spec/manifest-v2-2/ and
https://github.com/opencontainers/image-spec/blob/main/manifest.md
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

LARGEST = 4_194_304
"""Characters of ``imageManifest``."""

_IMAGES = frozenset(
    {"application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json"}
)
_LISTS = frozenset(
    {"application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"}
)


class ManifestError(Exception):
    """A manifest is refused; ``code`` is the registry protocol's, ``ecr_code`` the error of ECR's own API."""

    def __init__(self, code: str, ecr_code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.ecr_code = ecr_code
        self.message = message


@dataclass(frozen=True)
class There:
    """What a repository holds: the size of a blob by digest, None for none; and whether it has a manifest."""

    blob_size: Callable[[str], int | None]
    has_manifest: Callable[[str], bool]


def digest_of(manifest: bytes) -> str:
    """Return a manifest's digest."""
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"


def check_manifest(manifest: bytes, media_type: str, digest: str | None, there: There) -> None:
    """Raise ``ManifestError`` for what is no manifest of that media type (empty: its own) and digest (None: any)."""
    if len(manifest) > LARGEST:
        raise _invalid(f"The manifest has {len(manifest)} bytes; at most {LARGEST} are allowed.")
    if digest is not None and digest != digest_of(manifest):
        raise ManifestError(
            "DIGEST_INVALID",
            "ImageDigestDoesNotMatchException",
            f"The provided digest {digest} does not match the manifest's own, {digest_of(manifest)}.",
        )
    document = _document(manifest)
    by_members = min(_LISTS if "manifests" in document else _IMAGES)
    kind = str(document.get("mediaType") or media_type or by_members).partition(";")[0].strip()
    if media_type and document.get("mediaType") not in {None, media_type}:
        raise _invalid(f"The manifest says it is {document['mediaType']}, and was sent as {media_type}.")
    if kind not in _IMAGES | _LISTS or document.get("schemaVersion") != 2:  # noqa: PLR2004 - the one that is in use
        raise _invalid(
            f"A manifest of type '{kind}' and schema version {document.get('schemaVersion')} is not supported."
        )
    if kind in _LISTS:
        _check_images(document, there)
    else:
        _check_blobs(document, there)


def _document(manifest: bytes) -> dict[str, Any]:
    try:
        document = json.loads(manifest)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise _invalid("The manifest is not a JSON object.")
    return document


def _check_images(document: Mapping[str, Any], there: There) -> None:
    for digest, _size in _descriptors(document.get("manifests")):
        if not there.has_manifest(digest):
            message = f"The image with digest '{digest}' that the manifest refers to is not in the repository."
            raise ManifestError("MANIFEST_BLOB_UNKNOWN", "ReferencedImagesNotFoundException", message)


def _check_blobs(document: Mapping[str, Any], there: There) -> None:
    layers = document.get("layers")
    elsewhere = [one for one in layers if isinstance(one, dict) and one.get("urls")] if isinstance(layers, list) else []
    kept = [one for one in layers if one not in elsewhere] if isinstance(layers, list) else layers
    for digest, size in [*_descriptors([document.get("config")]), *_descriptors(kept)]:
        found = there.blob_size(digest)
        if found is None:
            message = f"The layer with digest '{digest}' that the manifest refers to is not in the repository."
            raise ManifestError("MANIFEST_BLOB_UNKNOWN", "LayersNotFoundException", message)
        if found != size:
            raise _invalid(f"The layer with digest '{digest}' has {found} bytes, and the manifest says {size}.")


def _descriptors(found: object) -> list[tuple[str, object]]:
    """Read a list of descriptors as (digest, size)."""
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _invalid("The manifest lacks its config, its layers or its manifests, or has some of another shape.")
    return [(str(one.get("digest")), one.get("size")) for one in found]


def _invalid(message: str) -> ManifestError:
    return ManifestError("MANIFEST_INVALID", "InvalidParameterException", message)
