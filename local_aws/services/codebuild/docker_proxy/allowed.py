"""What a build may ask of a container that it makes; everything else is refused unless it is empty.

Members: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate. The engine
reads the names of members in any case, so a name that isn't listed as it is written here may hold nothing.
"""

import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = (
    *("Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr", "ExposedPorts", "Tty"),
    *("OpenStdin", "StdinOnce", "Env", "Cmd", "Healthcheck", "ArgsEscaped", "Image", "Volumes", "WorkingDir"),
    *("Entrypoint", "NetworkDisabled", "MacAddress", "OnBuild", "Labels", "StopSignal", "StopTimeout", "Shell"),
)
LIMITS = (
    *("CpuShares", "Memory", "NanoCpus", "BlkioWeight", "CpuPeriod", "CpuQuota", "CpuRealtimePeriod"),
    *("CpuRealtimeRuntime", "CpusetCpus", "CpusetMems", "KernelMemory", "KernelMemoryTCP", "MemoryReservation"),
    *("MemorySwap", "MemorySwappiness", "OomKillDisable", "PidsLimit", "Ulimits", "CpuCount", "CpuPercent"),
)
OF_THE_HOST = (
    *("ContainerIDFile", "PortBindings", "PublishAllPorts", "RestartPolicy", "AutoRemove", "CapDrop", "Dns"),
    *("DnsOptions", "DnsSearch", "ExtraHosts", "GroupAdd", "ReadonlyRootfs", "ShmSize", "Init", "ConsoleSize"),
    *("Tmpfs", "Isolation"),
)
ENDPOINT = ("Aliases", "IPAMConfig", "MacAddress")
EXECUTION = (
    *("AttachStdin", "AttachStdout", "AttachStderr", "DetachKeys", "Tty", "Env", "Cmd", "User", "WorkingDir"),
    "ConsoleSize",
)
MOUNT = ("Type", "Target", "ReadOnly", "Consistency", "TmpfsOptions")
OWN_MODES = {
    "PidMode": ("", "private"),
    "IpcMode": ("", "private", "none", "shareable"),
    "UTSMode": ("",),
    "UsernsMode": ("",),
    "CgroupnsMode": ("", "private"),
}
NETWORKS = ("", "default", "bridge", "none")
BIND_OPTIONS = {"ro", "rw", "z", "Z", "cached", "delegated", "consistent"}
LOG_DRIVERS = ("", "json-file", "local", "none")
SECURITY = ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true")
VOLUME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class RefusedError(Exception):
    """What a build may not ask; the sentence says what it may."""


@dataclass(frozen=True)
class Owned:
    """What belongs to the build: ``folders`` of this machine, and each container, network and volume, by asking."""

    folders: Collection[Path]
    container: Callable[[str], bool]
    network: Callable[[str], bool]
    volume: Callable[[str], bool]


def only(members: Mapping[str, Any], allowed: Collection[str], what: str) -> None:
    """Refuse every member that isn't among ``allowed`` and says something."""
    for name, value in members.items():
        # An empty list of masked paths masks none: it is no list at all that leaves them as they are.
        if name not in allowed and (value or (isinstance(value, list) and name.lower().endswith("paths"))):
            raise RefusedError(f"{what} {name} is not for builds on this machine")


def check_container(asked: Mapping[str, Any], owned: Owned) -> None:
    """Refuse what would reach out of a container."""
    only(asked, (*SETTINGS, "HostConfig", "NetworkingConfig"), "The setting")
    host = asked.get("HostConfig") or {}
    checked: dict[str, Callable[[Any], None]] = {
        **{name: _mode(name, allowed, owned) for name, allowed in OWN_MODES.items()},
        "NetworkMode": lambda value: check_network(value, owned),
        "LogConfig": _log,
        "SecurityOpt": _security,
        "OomScoreAdj": _score,
    }
    each: dict[str, Callable[[Any, Owned], None]] = {"Binds": _bind, "Mounts": _mount, "Links": _link}
    only(host, (*LIMITS, *OF_THE_HOST, *checked, *each), "The setting")
    for name, check in checked.items():
        if host.get(name):
            check(host[name])
    for name, check_one in each.items():
        for item in host.get(name) or ():
            check_one(item, owned)
    endpoints = (asked.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    only(asked.get("NetworkingConfig") or {}, ("EndpointsConfig",), "The network setting")
    for network, settings in endpoints.items():
        check_network(network, owned)
        only(settings or {}, ENDPOINT, "The network setting")


def check_network(value: str, owned: Owned) -> None:
    """Refuse the network of the machine, of another container, and one that somebody else made."""
    kind, _, container = value.partition(":")
    if kind == "container" and owned.container(container):
        return
    if value not in NETWORKS and not (kind != "container" and value != "host" and owned.network(value)):
        raise RefusedError(f"The network {value} is not this build's; it may use bridge, none, or one that it makes")


def _mode(name: str, allowed: Collection[str], owned: Owned) -> Callable[[str], None]:
    def check(value: str) -> None:
        kind, _, container = value.partition(":")
        if value not in allowed and not (kind == "container" and owned.container(container)):
            raise RefusedError(f"{name} {value} would leave the container; it must be its own")

    return check


def _bind(bind: str, owned: Owned) -> None:
    source, _, rest = bind.partition(":")
    _, _, options = rest.partition(":")
    if source.startswith("/"):
        _folder(source, owned)
    elif not VOLUME.fullmatch(source) or not owned.volume(source):
        raise RefusedError(f"The volume {source} is not this build's")
    if set(filter(None, options.split(","))) - BIND_OPTIONS - {"nocopy"}:
        raise RefusedError(f"The options {options} of the mount {source} are not for builds on this machine")


def _folder(source: str, owned: Owned) -> None:
    # Whole folders alone: below them, commands could put a link in the place of a folder that was looked at.
    if Path(os.path.normpath(source)) not in owned.folders:
        folders = ", ".join(str(folder) for folder in owned.folders)
        raise RefusedError(
            f"A build may not mount {source}: of this machine, containers see its source alone ({folders})"
        )


def _mount(mount: Mapping[str, Any], owned: Owned) -> None:
    kind, source = mount.get("Type"), str(mount.get("Source") or "")
    only(mount, (*MOUNT, "Source", "BindOptions", "VolumeOptions"), "The mount's setting")
    only(mount.get("BindOptions") or {}, ("NonRecursive", "CreateMountpoint"), "The mount's setting")
    only(mount.get("VolumeOptions") or {}, ("NoCopy", "Labels"), "The mount's setting")
    if kind == "bind":
        _folder(source, owned)
    elif kind == "volume" and source and not (VOLUME.fullmatch(source) and owned.volume(source)):
        raise RefusedError(f"The volume {source} is not this build's")
    elif kind not in ("volume", "tmpfs"):
        raise RefusedError(f"A mount of type {kind} is not for builds on this machine")


def _link(link: str, owned: Owned) -> None:
    if not owned.container(link.partition(":")[0]):
        raise RefusedError(f"The container of the link {link} is not this build's")


def _log(settings: Mapping[str, Any]) -> None:
    if settings.get("Type", "") not in LOG_DRIVERS:
        raise RefusedError(f"The log driver {settings['Type']} is not for builds on this machine")
    only(settings, ("Type", "Config"), "The log setting")


def _security(options: Collection[str]) -> None:
    for option in options:
        if option not in SECURITY:
            raise RefusedError(f"The security option {option} is not for builds on this machine")


def _score(value: int) -> None:
    if value < 0:
        raise RefusedError("OomScoreAdj below 0 is not for builds on this machine")
