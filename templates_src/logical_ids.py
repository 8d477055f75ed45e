"""How names of the settings become logical ids: PascalCase, letters and digits only."""

import re


def pascal(name: str) -> str:
    """Give ``backend-flask`` as ``BackendFlask`` and ``FRONTEND_URL`` as ``FrontendUrl``."""
    return "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", name))


def kebab(logical_id: str) -> str:
    """Give ``PublicSubnetA`` as ``public-subnet-a``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", logical_id).lower()
