"""What a deployment calls: in a local AWS, whose ledger says so, and at times only, by `occasional.toml`."""

import re
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs.deployer.behind_stacks import Needed
from proofs.deployer.place import Place
from proofs.policies.build import ACCOUNT, REGION
from proofs.rehearsal.local_account import opened, run
from proofs.rehearsal.repository import start_repository
from reporting.errors import CannotRunError

_FILE = Path(__file__).with_name("occasional.toml")


def needed(manifest: Mapping[str, Any], place: Place) -> Needed:
    """Return it for the stacks of a manifest."""
    where = f"{place.region}:{place.account}"
    bucket = manifest["template_bucket"]["stack"]
    on: dict[str, Sequence[str]] = {
        "*": ["*"],
        "stack": [f"arn:{place.partition}:cloudformation:{where}:stack/{one['name']}/*" for one in manifest["stacks"]],
        "bucket": [f"arn:{place.partition}:s3:::{bucket}-*/templates/*"],
        "secret": [f"arn:{place.partition}:ssm:{where}:parameter{one['name']}" for one in manifest["secrets"]],
        "pipeline": [
            f"arn:{place.partition}:codepipeline:{where}:{one['pipeline']}{end}"
            for one in manifest["pipelines"]
            for end in ("", "/*")
        ],
    }
    found: Needed = defaultdict(set)
    for call in tomllib.loads(_FILE.read_text("utf-8"))["calls"]:
        for action in call["actions"]:
            found[action] |= {*on[call["on"]]}
    return found


_COMMANDS = (
    ("deploy", "--review"),
    ("deploy", "--yes"),
    ("deploy", "--yes", "--drift"),
    ("status",),
    ("doctor",),
    ("release", "--no-wait"),
    ("logs",),
)
_DEPLOYER = f"arn:aws:iam::{ACCOUNT}:user/deployer"
_RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|:log-stream:.*")
_STACKS = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/"


def observed(build: Path, place: Place, say: Callable[[str], None]) -> Needed:
    """Return what the commands asked for, on the names that it has in ``place``; raises ``CannotRunError``."""
    with tempfile.TemporaryDirectory(prefix="permissions-") as folder, opened(Path(folder)) as account:
        start_repository(account.repository)
        for name, *words in _COMMANDS:
            say(f"playing bin/{name} {' '.join(words)} ...")
            done = account.command(name, *words, build=build)
            if done.code and name == "deploy":
                raise CannotRunError("The deployment that was played failed:", *done.text.splitlines()[-5:])
        secrets = ("secret", "list", "--environment", str(account.environment_file), "--build", str(build))
        run("delivery", *secrets)
        return _needed(account.calls(), place)


def _needed(calls: Iterable[Mapping[str, Any]], place: Place) -> Needed:
    found: Needed = defaultdict(set)
    for call in calls:
        if call["principal"] == _DEPLOYER and call["decision"] == "Allow":
            found[call["action"]] |= {_there(resource, place) for resource in call["resources"]}
    return found


def _there(resource: str, place: Place) -> str:
    """Write the name of a resource here as it will be there, with ``*`` for what AWS makes up."""
    name = _RANDOM.sub("*", resource)
    if name.startswith(_STACKS):
        name = f"{_STACKS}{name.removeprefix(_STACKS).partition('/')[0]}/*"
    name = name.replace("arn:aws:", f"arn:{place.partition}:", 1)
    return name.replace(f":{REGION}:{ACCOUNT}:", f":{place.region}:{place.account}:")
