"""Tells by its name whether a variable holds a secret."""

import re

SECRET = re.compile(
    r"(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRETS?|TOKENS?|CREDENTIALS?|PAT"
    r"|(?:API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|DEPLOY|SSH|GPG|LICEN[CS]E)_?KEYS?)(?:_|$)",
    re.IGNORECASE,
)
PLACE_OF_ONE = re.compile(
    r"(?:^|_)(?:ID|ARN|NAME|PATH|FILE|URL|URI|PARAM|PARAMETER|TYPE|EXPIRY|TTL|REGION)$", re.IGNORECASE
)
OPEN_PART = re.compile(
    r"(?:^|_|[a-z])(?:USER(?:_?NAME)?|LOGIN|HOST(?:_?NAME)?|PORT|NAME|DATABASE|DB|REGION|ID|ARN|ACCOUNT|EMAIL|REGISTRY)$",
    re.IGNORECASE,
)
"""What a secret of Secrets Manager holds beside the secret itself."""


def names_a_secret(name: str) -> bool:
    """Return whether a variable of this name holds a secret, and not the name or place of one."""
    return bool(SECRET.search(name)) and not PLACE_OF_ONE.search(name)


def is_kept_secret(name: str) -> bool:
    """Return whether a variable with a value of Secrets Manager holds a secret; most do."""
    return not OPEN_PART.search(name)
