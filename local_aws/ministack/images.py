"""ECR within MiniStack: repositories, images, and where layers are kept."""

import base64
import json
import time
from collections.abc import Callable, Iterator, MutableMapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ministack.core import responses
from ministack.services import ecr

from local_aws.ministack import application
from local_aws.ministack.application import Answer, Headers, Query
from local_aws.state.files import write_atomically


class LayerFolder(MutableMapping[str, bytes]):
    """The layers of one repository, by digest, each a file; it stands where MiniStack has a dictionary."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, digest: str) -> bytes:
        try:
            return self._file(digest).read_bytes()
        except OSError:
            raise KeyError(digest) from None

    def __setitem__(self, digest: str, content: bytes) -> None:
        write_atomically(self._file(digest), content)

    def __delitem__(self, digest: str) -> None:
        if digest not in self:
            raise KeyError(digest)
        self._file(digest).unlink()

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and self._file(digest).is_file()

    def __iter__(self) -> Iterator[str]:
        return iter([f"sha256:{file.name}" for file in self._folder.glob("?" * 64)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __deepcopy__(self, _memory: dict[int, Any]) -> dict[str, bytes]:
        """Copy nothing: what is on disk already has no place in a snapshot of memory."""
        return {}

    def _file(self, digest: str) -> Path:
        name = digest.removeprefix("sha256:")
        return self._folder / (name if name.isalnum() else "none")


class LayerStore(responses.AccountRegionScopedDict):  # type: ignore[misc] # MiniStack is untyped here
    """All layers, by repository; kept below ``folder``."""

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - a dictionary's own signature
        """Give the layers of a repository, which may be none."""
        return self.setdefault(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """Give the layers of a repository."""
        del default
        account_id, region = responses.get_account_id(), responses.get_region()
        return LayerFolder(self.folder / account_id / region / key.replace("/", "+"))

    def update(self, *_others: Any, **_more: Any) -> None:  # noqa: ANN401
        """Restore nothing: the files are there."""


def keep_layers_in(folder: Path) -> None:
    """Keep layers as files below ``folder`` instead of in memory."""
    ecr._layer_blobs = LayerStore(folder)


def be_reached_at(host: str, make_password: Callable[[str], str], seconds: int) -> None:
    """Name repositories ``host/name``, and answer GetAuthorizationToken with passwords for whoever asks."""
    ecr._repo_uri = lambda name: f"{host}/{name}"

    async def authorize(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        del method, path, body
        if not headers.get("x-amz-target", "").endswith(".GetAuthorizationToken"):
            return None
        password = make_password(application.access_key_of(headers, query))
        data = {
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "expiresAt": time.time() + seconds,
            "proxyEndpoint": f"http://{host}",
        }
        content = json.dumps({"authorizationData": [data]}).encode()
        return int(HTTPStatus.OK), {"Content-Type": "application/x-amz-json-1.1"}, content

    application.guard("ecr", authorize)


def rename_repositories() -> None:
    """Have the repositories that were kept from before named by where the registry is reached now."""
    for (account_id, region, name), repository_record in list(ecr._repositories._data.items()):
        with application.acting_in(account_id, region):
            repository_record["repositoryUri"] = ecr._repo_uri(name)


def repository(name: str) -> dict[str, Any] | None:
    """Give the record of a repository of the account and region that are acted in; None where there is none."""
    found: dict[str, Any] | None = ecr._repositories.get(name)
    return found


def has_tag(name: str, tag: str) -> bool:
    """Tell whether an image of the repository has that tag."""
    return any(tag in image.get("imageTags", []) for image in ecr._images.get(name, []))
