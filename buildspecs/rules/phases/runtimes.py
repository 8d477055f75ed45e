"""Runtimes of images."""

from collections.abc import Iterator, Mapping, Sequence

from aws_facts.codebuild_images import CURATED
from buildspecs.images import Image, has, image, images, is_installed, newest
from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject


class RuntimeEnded(Rule):
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


PATH = ("phases", "install", "runtime-versions")


class RuntimeMissing(Rule):
    id = "E9730"
    shortdesc = "The image does not have that runtime"
    description = (
        "runtime-versions selects among what the build image has and, of some runtimes, what CodeBuild installs, as "
        "nodejs 18.20.5. Another name or version ends the build with YAML_FILE_ERROR: Unknown runtime. Docker is "
        "preinstalled and no runtime on current images."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        wanted = subject.buildspec.phases.get("install")
        if wanted is None or subject.on_windows or subject.project.on_other_system:
            return
        name = subject.project.image
        known = image(name)
        if name is not None and not name.startswith(CURATED) and "$" not in name and wanted.runtime_versions:
            sentence = f"The image {name} is not one of CodeBuild's own; runtimes are selected on those alone."
            yield at(subject, PATH, sentence, "Leave runtime-versions out, and install what is needed in the image.")
        elif name is None or known is not None:
            for runtime, version in wanted.runtime_versions.items():
                if "$" not in version:  # a variable of the environment may hold any
                    yield from _judged(subject, known, runtime, version)


def _judged(subject: Subject, known: Image | None, runtime: str, version: str) -> Iterator[Fault]:
    among = [known] if known else list(images().values())
    versions = [version for one in among for version in one.runtimes.get(runtime, ())]
    where = f"The image {known.name} has" if known else "CodeBuild's images have"
    path = (*PATH, runtime)
    if runtime == "docker" and not has(versions, version):
        sentence = f"{where} no runtime docker {version}: Docker is preinstalled."
        yield at(subject, path, sentence, "Leave it out.")
    elif is_installed(runtime, version):
        return
    elif not versions:
        sentence = f"{where} no runtime named '{runtime}'."
        yield at(subject, path, sentence, f"Name one of {', '.join(_names(among))}.")
    elif version and not has(versions, version):
        yield at(
            subject,
            path,
            f"{where} no {runtime} {version}.",
            f"Write one of {', '.join(newest(runtime, known))}, in quotes.",
        )


def _names(among: Sequence[Image]) -> Mapping[str, None]:
    return dict.fromkeys(sorted(name for one in among for name in one.runtimes if name != "docker"))
