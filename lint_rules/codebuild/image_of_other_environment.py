from collections.abc import Iterator

from aws_facts.codebuild_images import curated
from lint_rules.codebuild.project import ProjectRule, environment_type, known
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class ImageOfOtherEnvironment(ProjectRule):
    """An image that the environment's machines can't run."""

    id = "E9208"
    shortdesc = "Image and environment type belong together"
    description = (
        "An image is made for one processor and one kind of compute. CodeBuild refuses an image of its own on "
        "another environment type, as an ARM image on LINUX_CONTAINER. A container of one Windows Server release does "
        "not start on another."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        name, kind = project["Environment"]["Image"], environment_type(project)
        image = curated(name.text)
        if image and image.known and kind in known("environments")["compute"] and not kind.endswith("_EC2"):
            excluded = image.known.get("other hosts", {}).get(image.tag.partition("-")[0] + "-", ())
            runs = [one for one in image.known["environments"] if one not in excluded]
            if kind not in runs:
                yield fault(
                    name, f"{name.text} runs on {' or '.join(runs)}, not on {kind}. Change the image or the type."
                )
