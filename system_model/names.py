"""What AWS calls a resource: its name, what ``Ref`` gives, and its ARNs, by ``aws_facts/arn_forms.json``."""

import re
from typing import Protocol

from aws_facts import facts
from system_model.system import Resource, Stack
from system_model.wording import Wording

_NAME = re.compile(r"\$\{(?:Name|Path)\}")
_PSEUDO = re.compile(r"\$\{(AWS::\w+)\}")
REGISTRY = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
"""The host of an account's registry. https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html."""
_PLACES = {"${Partition}": "AWS::Partition", "${Region}": "AWS::Region", "${Account}": "AWS::AccountId"}


class Texts(Protocol):
    """What resolves values, and words what only a deployment knows."""

    wording: Wording

    def text(self, value: object, stack: Stack) -> str | None:
        """Return the text of a value."""


def plain_name(resource: Resource, texts: Texts) -> str:
    """Return the name that the resource is given, or what stands for one that AWS makes up."""
    given = texts.text(resource.properties.get(facts("arn_forms")["names"].get(resource.type, "")), resource.stack)
    return given or texts.wording.made_up(resource)


def name_of(resource: Resource, texts: Texts) -> str:
    """Return what ``Ref`` gives."""
    return _formed(resource, _attributes(resource).get("Ref", "${Name}"), texts)


def attribute_of(resource: Resource, attribute: str, texts: Texts) -> str | None:
    """Return what ``Fn::GetAtt`` gives; None for what is not made of the name."""
    if resource.type == "AWS::ECR::Repository" and attribute == "RepositoryUri":
        return f"{registry(texts)}/{plain_name(resource, texts)}"
    form = _attributes(resource).get(attribute)
    return None if form is None else _formed(resource, form, texts)


def _attributes(resource: Resource) -> dict[str, str]:
    found: dict[str, str] = facts("arn_forms")["attributes"].get(resource.type, {})
    return found


def _formed(resource: Resource, form: str, texts: Texts) -> str:
    name = plain_name(resource, texts)
    if form.endswith("/${Name}"):
        name = name.removeprefix("/")
    for place, pseudo in _PLACES.items():
        form = form.replace(place, texts.wording.pseudo(pseudo))
    if "${IamPath}" in form:
        form = form.replace("${IamPath}", texts.text(resource.properties.get("Path"), resource.stack) or "/")
    if "${Any}" in form:
        form = form.replace("${Any}", texts.wording.extended(resource, name))
    return _NAME.sub(lambda _match: name, form)


def registry(texts: Texts) -> str:
    """Return the host of the account's registry, where images are pushed to."""
    return _PSEUDO.sub(lambda found: texts.wording.pseudo(found[1]), REGISTRY)


def arns_of(resource: Resource, texts: Texts) -> list[str]:
    """Return the ARNs of the resource, as far as its type's are known."""
    own = facts("arn_forms")["own"].get(resource.type)
    forms = [*([own] if own else []), *_attributes(resource).values()]
    return list(dict.fromkeys(_formed(resource, form, texts) for form in forms if form.startswith("arn:")))
