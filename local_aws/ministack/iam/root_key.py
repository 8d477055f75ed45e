"""The one root of the embedded AWS: a key of this process, made at its start, whose signature counts as any other's.

MiniStack itself takes no key at all, ``test``, every twelve digits and one key of the environment for root, and checks
the signature of none of them.
"""

import hmac
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import sts

_NOT_CHECKED = iam_evaluator._SESSION_TOKEN_NOT_CHECKED


def use_as_only_root(access_key_id: str, secret: str, account_id: str) -> None:
    """Have this key be the account's root, and no other key anyone's root."""
    original = iam_evaluator.resolve_credential
    root = iam_evaluator.ResolvedCredential(
        access_key_id=access_key_id,
        secret_access_key=secret,
        account_id=account_id,
        principal_arn=f"arn:aws:iam::{account_id}:root",
        principal_id=account_id,
        principal_type="Root",
        source_access_key_id=access_key_id,
    )

    def resolve_credential(key: str, account: str | None = None, session_token: Any = _NOT_CHECKED) -> Any:  # noqa: ANN401
        if hmac.compare_digest(key.encode(), access_key_id.encode()):
            return root if session_token in {_NOT_CHECKED, "", None} else iam_evaluator._invalid_session_token()
        return original(key, account, session_token)

    for module in (iam_evaluator, sts):
        module.is_root_access_key = _is_never_root
        module.resolve_credential = resolve_credential


def _is_never_root(_access_key_id: str) -> bool:
    return False
