"""What a build's Docker engine and its containers need."""

import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

NEEDS_DAEMON = {
    "build",
    "buildx",
    "compose",
    "create",
    "exec",
    "image",
    "images",
    "import",
    "info",
    "load",
    "logs",
    "network",
    "ps",
    "pull",
    "push",
    "run",
    "save",
    "start",
    "stop",
    "tag",
    "volume",
}


class DockerWithoutPrivileged(Rule):
    id = "E9752"
    shortdesc = "Docker needs a project in privileged mode"
    description = (
        "Without privileged mode no Docker daemon runs beside the build: Cannot connect to the Docker daemon. This is "
        "judged only when the project is known."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        given = {*subject.buildspec.environment.variables, *(subject.project.variables or ())}
        on_lambda = "LAMBDA" in (subject.project.environment_type or "")
        if "DOCKER_HOST" in given or not (on_lambda or subject.project.privileged is False):
            return
        for command, simple in subject.simple_commands("docker", "docker-compose"):
            words = [word.text for word in simple.arguments if not word.text.startswith("-")]
            if "DOCKER_HOST" in command.text:
                return
            if simple.program == "docker-compose" or (words[:1] and words[0] in NEEDS_DAEMON):
                why = "runs on AWS Lambda" if on_lambda else "is not in privileged mode"
                remedy = "Set PrivilegedMode: true in the project's environment."
                remedy = "Give it an environment of type LINUX_CONTAINER in privileged mode." if on_lambda else remedy
                yield of(command, simple, f"The project {why}, so no Docker daemon runs.", remedy)
                return


_SHORT_OPTIONS = re.compile(r"-[dit]+")


class TerminalWanted(Rule):
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
