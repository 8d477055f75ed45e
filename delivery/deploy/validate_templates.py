"""Has AWS look at the templates before anything is changed."""

from collections.abc import Iterator, Mapping, Sequence

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.model import stacks
from delivery.model.manifest import Stack
from delivery.model.templates import LARGEST_INLINE, Template
from reporting.errors import CannotRunError


def check(aws: Aws, chosen: Sequence[Stack], templates: Mapping[str, Template]) -> None:
    """Refuse templates that AWS does not take, all at once.

    What is deployed was taken before. One that is too large for a request is looked at when its change set is made: its
    bucket may not be there yet.
    """
    sentences = [
        sentence
        for stack in chosen
        if templates[stack.name].size <= LARGEST_INLINE
        and stacks.template(aws, stack.name) != templates[stack.name].document
        for sentence in _faults(aws, stack, templates[stack.name])
    ]
    if sentences:
        raise CannotRunError(*sentences)


def _faults(aws: Aws, stack: Stack, template: Template) -> Iterator[str]:
    try:
        said = aws.cloudformation.validate_template(TemplateBody=template.text)
    except RefusedByAwsError as refusal:
        if refusal.code != "ValidationError":
            raise
        yield f"{template.file}: AWS does not take it: {refusal.message}; correct it and run `make templates`."
        return
    lacking = sorted(set(said.get("Capabilities", [])).difference(stack.capabilities))
    if lacking and "CAPABILITY_NAMED_IAM" not in stack.capabilities:
        words = ", ".join(lacking)
        yield f"{template.file}: it needs {words}, which build/manifest.json does not have; run `make templates`."
