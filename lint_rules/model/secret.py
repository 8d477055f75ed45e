"""Tells a secret that is written in a template from the name of one."""

import re

_NAMES = re.compile(r"(?i)(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|SECRET_ACCESS_KEY|ACCESS_KEY_ID)$")
_VALUES = re.compile(
    r"(AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|-----BEGIN [A-Z ]*PRIVATE KEY|xox[abpr]-[0-9A-Za-z-]{10}"
)
_NO_SECRET = re.compile(r"(?is)|true|false|none|null|/.*|arn:.*|https?://.*|.*\$\{.*|\$.*|.*#\{.*")


def is_secret(name: str, text: str) -> bool:
    """Return whether ``text`` is a secret: it has the form of a token, or the variable ``name`` says so."""
    if _VALUES.search(text) or "{{resolve:secretsmanager:" in text or "{{resolve:ssm-secure:" in text:
        return True
    return bool(_NAMES.search(name)) and not _NO_SECRET.fullmatch(text)
