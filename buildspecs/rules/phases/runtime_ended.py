from collections.abc import Iterator

from buildspecs.images import has, image, images, newest
from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject


class RuntimeEnded(Rule):
    """A runtime that only images have which CodeBuild no longer maintains, or one that is hardly meant."""

    id = "W9731"
    shortdesc = "No image that is maintained has that runtime"
    description = (
        "CodeBuild maintains its newest images alone. A version that only older ones have keeps the project on an "
        "image without security updates, or is installed again in each build when the project moves to a newer one. "
        "YAML reads 3.10 without quotes as 3.1, which no image has, and which CodeBuild then tries to install."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        install = subject.buildspec.phases.get("install")
        known = image(subject.project.image)
        if install is None or subject.on_windows or (subject.project.image is not None and known is None):
            return
        for runtime, version in install.runtime_versions.items():
            among = [known] if known else list(images().values())
            every = [one for image in among for one in image.runtimes.get(runtime, ())]
            current = newest(runtime, known)
            path = ("phases", "install", "runtime-versions", runtime)
            if has(every, f"{version}0") and not has(every, version):
                where = f"The image {known.name} has" if known else "CodeBuild's images have"
                sentence = f"{where} no {runtime} {version}. YAML reads {version}0 without quotes as {version}."
                yield at(subject, path, sentence, f"Write one of {', '.join(current)}, in quotes.")
            elif runtime != "docker" and "$" not in version and has(every, version) and not has(current, version):
                sentence = f"No image that CodeBuild maintains has {runtime} {version}."
                choice = f"Move to one that they have ({', '.join(current)}), in quotes."
                yield at(subject, path, sentence, choice if current else "Install what is needed in a command.")
