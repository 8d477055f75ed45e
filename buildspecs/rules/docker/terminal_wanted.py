import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

_SHORT_OPTIONS = re.compile(r"-[dit]+")


class TerminalWanted(Rule):
    """docker run -it wants a terminal."""

    id = "E9754"
    shortdesc = "A build has no terminal for docker run -it"
    description = (
        "With -i and -t together Docker joins the container to the terminal that it runs in, of which a build has "
        "none: the input device is not a TTY, and the command fails."
    )
    source_url = "https://docs.docker.com/reference/cli/docker/container/run/"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("docker", "podman"):
            words = [word.text for word in simple.arguments]
            start = 1 if words[:1] == ["container"] else 0
            if words[start : start + 1] not in (["run"], ["exec"]) or command.text.lstrip().startswith("script "):
                continue
            options = _options(words[start + 1 :])
            if "detached" not in options and {"i", "t"} <= options:
                sentence = f"docker {words[start]} asks for a terminal, and a build has none."
                yield of(command, simple, sentence, "Leave -t out; -i alone passes standard input on.")


def _options(words: list[str]) -> set[str]:
    """Give which of ``i``, ``t`` and ``detached`` are asked for, in the options before the image."""
    found: set[str] = set()
    for word in words:
        if not word.startswith("-"):
            break
        if _SHORT_OPTIONS.fullmatch(word):
            found |= set(word[1:])
        found |= {"--interactive": {"i"}, "--tty": {"t"}, "--detach": {"d"}}.get(word, set())
    return {*found, *(("detached",) if "d" in found else ())}
