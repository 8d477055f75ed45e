from collections.abc import Iterator

from aws_facts import facts
from lint_rules.kms.key import KEY
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class UseOfOtherKey(ResourceRule):
    """A use or a rotation that a key of its kind does not have."""

    id = "E9422"
    shortdesc = "A key's use and rotation are those of its kind"
    description = (
        "Only symmetric keys are rotated. An asymmetric key has to say what it is used for, and each kind of "
        "key has uses of its own: CreateKey refuses the others."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html"
    types = (KEY,)

    def faults_of(self, key: Resource) -> Iterator[Fault]:
        kind = key["KeySpec"].text or ("" if key["KeySpec"].present else "SYMMETRIC_DEFAULT")
        usage = key["KeyUsage"].text or ("" if key["KeyUsage"].present else "ENCRYPT_DECRYPT")
        uses = next((uses for start, uses in facts("kms")["uses"]["by_spec"].items() if kind.startswith(start)), None)
        if uses and usage and usage not in uses:
            yield fault(
                key["KeyUsage"], f"A key of {kind} is not used to {usage}. Set KeyUsage to {' or '.join(uses)}."
            )
        if kind and kind != "SYMMETRIC_DEFAULT" and key["EnableKeyRotation"].flag:
            yield fault(key["EnableKeyRotation"], f"A key of {kind} is never rotated. Leave EnableKeyRotation out.")
