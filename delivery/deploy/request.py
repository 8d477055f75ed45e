"""What is asked of CloudFormation for one stack, and how: a large template goes through a bucket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from delivery.aws.session import Aws
from delivery.model import stacks
from delivery.model.manifest import Manifest, Stack
from delivery.model.plan import Operation
from delivery.model.stacks import StackState
from delivery.model.templates import LARGEST_INLINE, Template
from reporting.errors import CannotRunError


def template_arguments(aws: Aws, manifest: Manifest, template: Template) -> dict[str, Any]:
    """Return the template as arguments of a CloudFormation call; a large one is uploaded first.

    It is encrypted with S3's own key, not the bucket's default, which encrypts artifacts: whoever deploys, and
    CloudFormation, which reads it under the same credentials, would need rights to that key.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-s3-encryption.html
    """
    if template.size <= LARGEST_INLINE:
        return {"TemplateBody": template.text}
    bucket = _bucket(aws, manifest, template)
    key = f"templates/{template.digest}.json"
    kept = aws.s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=template.text.encode(),
        ContentType="application/json",
        ServerSideEncryption="AES256",
    )
    kept["ETag"]  # without one it is not S3 that answered
    return {"TemplateURL": _address(aws, bucket, key)}


def _bucket(aws: Aws, manifest: Manifest, template: Template) -> str:
    wanted = manifest.template_bucket
    size = f"{template.file}: it has {template.size} bytes, and over {LARGEST_INLINE} a template goes through a bucket"
    if wanted is None:
        raise CannotRunError(f"{size}; build/manifest.json names none. Make the template smaller, or split the stack.")
    standing = stacks.find(aws, wanted.stack)
    bucket = standing.output(wanted.output) if standing else None
    if not bucket:
        sentence = f"{size}, output {wanted.output} of stack {wanted.stack}, which is not there yet; deploy that first."
        raise CannotRunError(sentence)
    return bucket


def _address(aws: Aws, bucket: str, key: str) -> str:
    """Return the object's address, in the form that CloudFormation reads.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    region, endpoint = aws.environment.region, aws.environment.endpoint_url
    if endpoint is not None:
        return f"{endpoint.rstrip('/')}/{bucket}/{key}"
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{bucket}.s3.{region}.{suffix}/{key}"


@dataclass(frozen=True)
class Request:
    """What a stack shall become.

    ``standing`` is what it is now, ``None`` where it is to be created; ``review`` is the empty stack that a review has
    left, into which the change set of a creation goes.
    """

    manifest: Manifest
    stack: Stack
    template: Template
    values: Mapping[str, str]
    standing: StackState | None
    review: StackState | None
    import_existing: bool

    @property
    def operation(self) -> Operation:
        """Whether the stack is made or updated."""
        return Operation.CREATE if self.standing is None else Operation.UPDATE


def is_same(
    stack: Stack, template: Template, values: Mapping[str, str], standing: StackState, deployed: Mapping[str, Any]
) -> bool:
    """Compare template, parameters and tags.

    The image that a service runs is left out: what was released since is no change, but for the first one, with which
    the service gets its tasks. A value that CloudFormation hides can't be compared, so with one of them only a change
    set can tell.
    """
    released = {parameter.name for parameter in stack.parameters if parameter.running_image is not None}
    hidden = any(str(said.get("NoEcho", "")).lower() == "true" for said in template.parameters.values())
    if any(values.get(name) and not standing.parameters.get(name) for name in released):
        return False
    wanted = {name: value for name, value in values.items() if name not in released}
    present = {name: value for name, value in standing.parameters.items() if name not in released}
    return not hidden and deployed == template.document and present == wanted and standing.tags == dict(stack.tags)
