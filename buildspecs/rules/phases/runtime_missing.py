from collections.abc import Iterator, Mapping, Sequence

from aws_facts.codebuild_images import CURATED
from buildspecs.images import Image, has, image, images, is_installed, newest
from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

PATH = ("phases", "install", "runtime-versions")


class RuntimeMissing(Rule):
    """A runtime that the image does not have."""

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
