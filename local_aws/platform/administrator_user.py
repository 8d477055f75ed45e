"""The administrator: an IAM user who may do everything, for trials with outside clients; made when asked for."""

from local_aws.ministack.iam import identity
from local_aws.platform.deployer_user import new_key

NAME = "administrator"
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def ensure_administrator(account_id: str, region: str) -> tuple[str, str]:
    """Have the user in IAM; return the id and secret of its access key: the one that it has, or a new one."""
    key_id, secret = identity.key_of_user(account_id, region, NAME) or new_key()
    identity.put_user(account_id, region, NAME, key_id, secret, _EVERYTHING)
    return key_id, secret
