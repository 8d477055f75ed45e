"""The Linux that runs a buildspec's commands, as its project or its commands tell."""

from buildspecs.images import image
from buildspecs.rules.subject import Subject

PACKAGE_MANAGERS = {"yum": "Amazon Linux 2023", "dnf": "Amazon Linux 2023", "apt-get": "Ubuntu", "apt": "Ubuntu"}


def distribution(subject: Subject) -> str:
    """Return the distribution; empty when it is not known, or the commands are written for several.

    Without an image, the package manager tells: of CodeBuild's Amazon Linux images, only those of 2023 are maintained.
    """
    if subject.project.image is not None:
        known = image(subject.project.image)
        return known.distribution if known else ""
    used = {PACKAGE_MANAGERS[simple.program] for _, simple in subject.simple_commands(*PACKAGE_MANAGERS)}
    return used.pop() if len(used) == 1 else ""
