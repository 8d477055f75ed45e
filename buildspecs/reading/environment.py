"""The section ``env``."""

import re

from buildspecs.reading.fields import Section
from buildspecs.reading.model import Environment, SecretReference
from buildspecs.reading.problems import Kind

LINUX_SHELLS = ("bash", "/bin/sh", "sh")
WINDOWS_SHELLS = ("powershell.exe", "cmd.exe")
SHELLS = (*LINUX_SHELLS, *WINDOWS_SHELLS)
RESERVED = "CODEBUILD_"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ARN_PARTS = 7
REFERENCE_PARTS = 4


def read(section: Section | None) -> Environment:
    """Read ``env``; absent is an environment without anything."""
    if section is None:
        return Environment()
    secrets = section.texts_by_name("secrets-manager")
    environment = Environment(
        shell=section.choice("shell", SHELLS, "/bin/sh"),
        variables=section.texts_by_name("variables"),
        parameter_store=section.texts_by_name("parameter-store"),
        secrets_manager={name: reference(value) for name, value in secrets.items()},
        exported_variables=section.texts("exported-variables"),
    )
    section.flag("git-credential-helper")
    for key in ("variables", "parameter-store", "secrets-manager"):
        _check_names(section.section(key))
    _check_references(section.section("secrets-manager"))
    section.finish()
    return environment


def reference(value: str) -> SecretReference:
    """Split ``secret-id:json-key:version-stage:version-id``; the id may be an ARN, which has colons of its own."""
    parts = value.split(":")
    if value.startswith("arn:"):
        parts = [":".join(parts[:ARN_PARTS]), *parts[ARN_PARTS:]]
    return SecretReference(*parts[:REFERENCE_PARTS])


def _check_names(section: Section | None) -> None:
    for name in section.names() if section else ():
        entry = section.entry(name) if section else None
        if section is None or entry is None:
            continue
        if not VARIABLE.fullmatch(name):
            message = f"'{name}' in {section.place} is not the name of an environment variable: letters, digits, _"
            section.wrong(entry, message, Kind.NAME)
        elif name.startswith(RESERVED):
            message = f"'{name}' in {section.place} is reserved: names may not begin with {RESERVED}"
            section.wrong(entry, message, Kind.RESERVED)


def _check_references(section: Section | None) -> None:
    for name in section.names() if section else ():
        entry = section.entry(name) if section else None
        if section is None or entry is None:
            continue
        value = section.text(name)
        colons = value.count(":") - (ARN_PARTS - 1 if value.startswith("arn:") else 0)
        parsed = reference(value) if value else None
        if parsed and (colons >= REFERENCE_PARTS or not parsed.secret_id):
            section.wrong(entry, f"'{value}' is not secret-id:json-key:version-stage:version-id", Kind.REFERENCE)
        elif parsed and parsed.version_stage and parsed.version_id:
            message = f"'{value}' names a version stage and a version id; only one of them is allowed"
            section.wrong(entry, message, Kind.REFERENCE)
