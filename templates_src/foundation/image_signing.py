"""Makes what has ECR sign each image that is pushed, if the settings say so: a profile, and the rules of the registry.

A registry has one set of rules, so they stand here and not with a service. ECR signs as whoever pushes: the bake's role
needs the right to. Look at the repositories that the rule names.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
"""

from troposphere import AWSObject, GetAtt, Output, ecr, signer

from settings.project import Foundation
from templates_src.names import exported

PROFILE = "ImageSigningProfile"
PLATFORM = "Notation-OCI-SHA384-ECDSA"
"""https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html"""
PROFILE_ARN = "ImageSigningProfileArn"
"""The output that a bake's role names."""


def resources(foundation: Foundation) -> list[AWSObject]:
    """Make the profile and the rules."""
    if not foundation.signed_repositories:
        return []
    # Without a name, which nothing else could ever have again, even after it was cancelled.
    profile = signer.SigningProfile(PROFILE, PlatformId=PLATFORM)
    filters = [ecr.RepositoryFilter(Filter=one, FilterType="WILDCARD_MATCH") for one in foundation.signed_repositories]
    rule = ecr.Rule(SigningProfileArn=GetAtt(profile, "Arn"), RepositoryFilters=filters)
    return [profile, ecr.SigningConfiguration("ImageSigning", Rules=[rule])]


def outputs(foundation: Foundation, stack: str) -> list[Output]:
    """Make the output by which pipelines find the profile."""
    if not foundation.signed_repositories:
        return []
    return [exported(stack, PROFILE_ARN, GetAtt(PROFILE, "Arn"), "Profile with which ECR signs what bakes push")]
