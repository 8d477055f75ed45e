"""W9405 and E9406."""

from collections.abc import Iterator

from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

CONFIGURATION, PROFILE = "AWS::ECR::SigningConfiguration", "AWS::Signer::SigningProfile"


class SecondConfiguration(Rule):
    id = "W9405"
    shortdesc = "A registry has one signing configuration"
    description = (
        "The signing configuration is the registry's, of which an account has one in a region: a second is refused or "
        "takes the first one's place. Its rules, at most ten, name the repositories that each is about."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html"
    types = (CONFIGURATION,)

    def faults(self, template: View) -> Iterator[Fault]:
        found = template.resources(CONFIGURATION)
        for one in found[1:]:
            yield fault(one["Rules"], f"{found[0].logical_id} is of the same registry. Put all rules into one.")


class ProfileOfSameName(Rule):
    id = "E9406"
    shortdesc = "A signing profile has a name of its own"
    description = (
        "A name belongs to one signing profile of an account and region, for ever, even when that is cancelled: Signer "
        "refuses another of the same name."
    )
    source_url = "https://docs.aws.amazon.com/signer/latest/developerguide/signing-profiles.html"
    types = (PROFILE,)

    def faults(self, template: View) -> Iterator[Fault]:
        seen: dict[str, str] = {}
        for profile in template.resources(PROFILE):
            name = profile["ProfileName"]
            if name.pattern in seen:
                yield fault(name, f"{seen[name.pattern]} has that name. Give each profile a name of its own.")
            elif name.present and name.pattern is not None and "Fn::" not in name.pattern:
                seen[name.pattern] = profile.logical_id
