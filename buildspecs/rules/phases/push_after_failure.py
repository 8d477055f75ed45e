"""W9732."""

from collections.abc import Iterator

from buildspecs.reading.model import Action
from buildspecs.rules.phases.publishing import published
from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

GUARD = "CODEBUILD_BUILD_SUCCEEDING"


class PushAfterFailure(Rule):
    """What post_build publishes although build failed."""

    id = "W9732"
    shortdesc = "post_build publishes although build may have failed"
    description = (
        "CodeBuild runs post_build even when build failed, unless build has on-failure: ABORT. Then an image is "
        "pushed, or a release deployed, whose tests or build did not pass."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """See the class."""
        build = subject.buildspec.phases.get("build")
        if build is None or not build.commands:
            return
        if build.on_failure is not None and build.on_failure.action is not Action.CONTINUE:
            return
        first = next(_unguarded(subject), None)
        if first is not None:
            command, simple, what = first
            sentence = f"post_build runs {what} even when build failed."
            remedy = f"Write on-failure: ABORT in phases/build, or check {GUARD} before."
            yield of(command, simple, sentence, remedy)


def _unguarded(subject: Subject) -> Iterator[tuple[Command, SimpleCommand, str]]:
    for command in subject.commands:
        if command.phase != "post_build":
            continue
        if GUARD in command.text:
            return
        for simple in command.script.commands:
            what = published(simple)
            if what:
                yield command, simple, what
