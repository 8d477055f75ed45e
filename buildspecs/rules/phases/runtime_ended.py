"""W9731."""

from collections.abc import Iterator

from buildspecs.images import has, images, newest
from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject


class RuntimeEnded(Rule):
    """A runtime that only images have which CodeBuild no longer maintains."""

    id = "W9731"
    shortdesc = "No image that is maintained has that runtime"
    description = (
        "CodeBuild maintains its newest images alone. A version that only older ones have keeps the project on an "
        "image without security updates, and ends the build when the project moves to a newer one."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """See the class."""
        install = subject.buildspec.phases.get("install")
        if install is None or subject.project.image is not None or subject.on_windows:
            return
        for runtime, version in install.runtime_versions.items():
            current = newest(runtime)
            every = [one for image in images().values() for one in image.runtimes.get(runtime, ())]
            if runtime != "docker" and "$" not in version and has(every, version) and not has(current, version):
                sentence = f"No image that CodeBuild maintains has {runtime} {version}."
                path = ("phases", "install", "runtime-versions", runtime)
                choice = f"Move to one that they have ({', '.join(current)}), in quotes."
                yield at(subject, path, sentence, choice if current else "Install what is needed in a command.")
