"""Makes the key with which a service's bake signs what it made: an asymmetric one, so that anybody may verify.

It needs nothing first, and outlives its stack: what was signed can be verified for as long as the key is there.
Look at who may sign: one role, by the key's own policy, whatever other roles' policies say.
"""

from awacs import kms as kms_actions
from awacs.aws import Action, ArnEquals, PolicyDocument
from troposphere import AWSHelperFn, kms

from settings.service import Service
from templates_src.retention import RETAINED
from templates_src.trust_policy import allow_account

ADMINISTRATION = (
    *("CancelKeyDeletion", "Describe*", "Disable*", "Enable*", "Get*", "List*", "PutKeyPolicy"),
    *("ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateKeyDescription", "Verify"),
)
"""All but signing, and grants, which could hand signing on."""


def signing_key(service: Service, signer_arn: AWSHelperFn) -> kms.Key:
    """Make the key of ``service``; the role ``signer_arn`` alone may sign."""
    return kms.Key(
        "SigningKey",
        Description=f"Signs what the bake of {service.name} attests of its images",
        KeySpec="ECC_NIST_P256",
        KeyUsage="SIGN_VERIFY",
        PendingWindowInDays=30,
        KeyPolicy=PolicyDocument(
            Version="2012-10-17",
            Statement=[
                allow_account("AccountAdministersByIam", [Action("kms", name) for name in ADMINISTRATION]),
                # By its name: as a principal, the role would have to be there first, and it names the key itself.
                allow_account("BakeSigns", [kms_actions.Sign], ArnEquals("aws:PrincipalArn", signer_arn)),
            ],
        ),
        **RETAINED,
    )
