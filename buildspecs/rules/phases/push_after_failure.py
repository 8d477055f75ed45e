from collections.abc import Iterator

from buildspecs.reading.model import PHASES, Action
from buildspecs.rules.phases.publishing import published
from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

SAYS = ("echo", "printf", "date")
OF_IMAGES = ("docker push", "docker image push")
GUARD = "CODEBUILD_BUILD_SUCCEEDING"


class PushAfterFailure(Rule):
    """What is published although the build failed."""

    id = "W9732"
    shortdesc = "Something is published although the build may have failed"
    description = (
        "CodeBuild runs post_build even when build failed, unless build has on-failure: ABORT, and finally in any "
        "case. Then an image is pushed, or a release deployed, whose tests or build did not pass."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        first = next(_unguarded(subject, "post_build", in_finally=False), None)
        if first is not None and _may_go_on(subject):
            command, simple, what = first
            sentence = f"post_build runs {what} even when build failed."
            yield of(command, simple, sentence, f"Write on-failure: ABORT in phases/build, or check {GUARD} before.")
        for phase in PHASES:
            for command, simple, what in _unguarded(subject, phase, in_finally=True):
                sentence = f"finally runs {what} even when a command of {phase} failed."
                yield of(command, simple, sentence, f"Make it one of the phase's commands, or check {GUARD} before.")


def _may_go_on(subject: Subject) -> bool:
    """Return whether post_build may publish what a build made that failed.

    A build without commands does not fail, and one that ends with making the image has none to push unless it was made.
    """
    build = subject.buildspec.phases.get("build")
    if build is None or not build.commands or _ends_with_image(subject):
        return False
    return build.on_failure is None or build.on_failure.action is Action.CONTINUE


def _ends_with_image(subject: Subject) -> bool:
    """Check whether making an image, and naming it, is the last of build, and images alone are pushed."""
    made = [simple for command, simple in subject.simple_commands() if command.phase == "build"]
    while made and (made[-1].program in SAYS or _is_docker(made[-1], "tag")):
        made.pop()
    pushed = [what for _, _, what in _unguarded(subject, "post_build", in_finally=False)]
    return bool(made) and _is_docker(made[-1], "build") and all(what in OF_IMAGES for what in pushed)


def _is_docker(simple: SimpleCommand, action: str) -> bool:
    words = [word.text for word in simple.arguments if not word.text.startswith("-")]
    return simple.program == "docker" and action in words[:2]


def _unguarded(subject: Subject, phase: str, *, in_finally: bool) -> Iterator[tuple[Command, SimpleCommand, str]]:
    for command in subject.commands:
        if command.phase != phase or command.in_finally != in_finally:
            continue
        if GUARD in command.text:
            return
        for simple in command.script.commands:
            what = published(simple)
            if what:
                yield command, simple, what
