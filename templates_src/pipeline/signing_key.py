"""Makes the key with which a service's bake signs what it made: an asymmetric one, so that anybody may verify.

It needs nothing first, and outlives its stack: what was signed can be verified for as long as the key is there.
Look at who may sign: one role, by the key's own policy, whatever other roles' policies say.
"""

from awacs import kms as kms_actions
from awacs.aws import Action, Allow, ArnEquals, Condition, PolicyDocument, Principal, Statement
from troposphere import AWSHelperFn, Sub, kms

from settings.service import Service
from templates_src.permissions import EVERY_RESOURCE
from templates_src.retention import RETAINED

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
                _account("AccountAdministersByIam", [Action("kms", name) for name in ADMINISTRATION]),
                # By its name: as a principal, the role would have to be there first, and it names the key itself.
                _account("BakeSigns", [kms_actions.Sign], Condition(ArnEquals("aws:PrincipalArn", signer_arn))),
            ],
        ),
        **RETAINED,
    )


def _account(sid: str, actions: list[Action], condition: Condition | None = None) -> Statement:
    # In a key policy, the resource "*" is the key itself.
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
        Action=actions,
        Resource=EVERY_RESOURCE,
        **({} if condition is None else {"Condition": condition}),
    )
