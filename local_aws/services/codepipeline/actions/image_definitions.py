"""Reads the image definitions file of the Amazon ECS deploy action.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#pipelines-create-image-definitions
"""

import json
import zipfile
from typing import BinaryIO

from local_aws.services.codepipeline.engine.ports import ActionError
from local_aws.services.codepipeline.store.records import Location

DEFAULT_NAME = "imagedefinitions.json"
LARGEST = 100 * 1024
"""Bytes."""


def image_definitions(archive: BinaryIO, file_name: str, location: Location) -> dict[str, str]:
    """Return the image of each container that the file in the zip names; ``ActionError`` in CodePipeline's words."""
    content = _content(archive, file_name, location)
    try:
        found = json.loads(content)
    except ValueError as error:
        message = f"The image definition file {file_name} contains invalid JSON format: {error}"
        raise ActionError("ConfigurationError", message) from error
    if not isinstance(found, list) or not found:
        message = f'The image definition file {file_name} is not a list of {{"name": ..., "imageUri": ...}}'
        raise ActionError("ConfigurationError", message)
    images: dict[str, str] = {}
    for each in found:
        name, image = _entry(each, file_name)
        if name in images:
            message = f"The image definition file {file_name} names the container {name} twice"
            raise ActionError("ConfigurationError", message)
        images[name] = image
    return images


def _content(archive: BinaryIO, file_name: str, location: Location) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened:
            size = opened.getinfo(file_name).file_size
            if size > LARGEST:
                message = f"The image definition file {file_name} has {size} bytes; at most {LARGEST} are allowed"
                raise ActionError("ConfigurationError", message)
            return opened.read(file_name)
    except KeyError:
        raise ActionError(
            "ConfigurationError",
            f"Did not find the image definition file {file_name} in the input artifacts ZIP file. Verify the file is "
            f"stored in your pipeline's Amazon S3 artifact bucket: {location.bucket} key: {location.key}",
        ) from None
    except zipfile.BadZipFile as error:
        message = f"The input artifact is not a ZIP file: bucket {location.bucket} key {location.key}"
        raise ActionError("ConfigurationError", message) from error


def _entry(found: object, file_name: str) -> tuple[str, str]:
    members = found if isinstance(found, dict) else {}
    name, image = members.get("name"), members.get("imageUri")
    if not (isinstance(name, str) and name and isinstance(image, str) and image):
        message = (
            f'The image definition file {file_name} has an entry without "name" or "imageUri": {json.dumps(found)}'
        )
        raise ActionError("ConfigurationError", message)
    return name, image
