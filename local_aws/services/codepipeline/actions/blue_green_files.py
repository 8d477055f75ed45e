"""The files of the action CodeDeployToECS in its input artifacts: two templates, and what names each image.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#file-reference-ecs-bluegreen
"""

import json
import zipfile

from aws_facts import facts
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError

_LARGEST = 3 * 1024 * 1024
"""Bytes of an input artifact: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html."""
_MOST_IMAGES = 4


def text_of(context: ActionContext, template: str) -> str:
    """Return the text of ``TaskDefinitionTemplate`` or ``AppSpecTemplate``, from the artifact that is configured."""
    default = facts("appspec")["templates"][template]
    return _read(
        context, context.configuration[f"{template}Artifact"], context.configuration.get(f"{template}Path") or default
    )


def images(context: ActionContext) -> dict[str, str]:
    """Return the image that goes in the place of each placeholder, by the placeholder's name."""
    found: dict[str, str] = {}
    for number in range(1, _MOST_IMAGES + 1):
        artifact = context.configuration.get(f"Image{number}ArtifactName")
        name = context.configuration.get(f"Image{number}ContainerName")
        if artifact and name:
            found[name] = _image(_read(context, artifact, facts("appspec")["image_file"]))
    return found


def _image(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"{facts('appspec')['image_file']} is not valid JSON: {error}"
        raise ActionError("ConfigurationError", message) from error
    image = found.get("ImageURI") if isinstance(found, dict) else None
    if not isinstance(image, str) or not image:
        raise ActionError("ConfigurationError", f"{facts('appspec')['image_file']} has no ImageURI.")
    return image


def _read(context: ActionContext, artifact: str, path: str) -> str:
    if artifact not in context.inputs:
        names = ", ".join(context.inputs)
        raise ActionError("ConfigurationError", f"The artifact {artifact} is not one of the inputs: {names}.")
    place = context.inputs[artifact]
    with context.read(artifact) as archive:
        archive.seek(0, 2)
        size = archive.tell()
        archive.seek(0)
        if size > _LARGEST:
            message = f"The input artifact {artifact} has {size} bytes; at most {_LARGEST} are allowed."
            raise ActionError("ConfigurationError", message)
        try:
            with zipfile.ZipFile(archive) as opened:
                return opened.read(path).decode("utf-8")
        except (KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
            message = (
                f"Unable to read {path} from the artifact {artifact}, a ZIP file at bucket {place.bucket} key "
                f"{place.key}: {error}"
            )
            raise ActionError("ConfigurationError", message) from error
