from collections.abc import Iterator

from aws_facts.codebuild_images import curated
from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class UnknownImage(ProjectRule):
    """An image of CodeBuild's own that it does not have."""

    id = "W9206"
    shortdesc = "An image of CodeBuild's own has to exist"
    description = (
        "A name that begins with aws/codebuild/ is looked up among the images that CodeBuild provides. Of one "
        "that is not there, the project is made, and each of its builds fails in PROVISIONING."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        name = project["Environment"]["Image"]
        image = curated(name.text)
        if image is None:
            return
        if image.known is None:
            yield fault(
                name, f"CodeBuild provides no image {image.family}. Use aws/codebuild/amazonlinux-x86_64-standard:6.0."
            )
        elif image.known["tags"] is not None and image.tag not in {*image.known["tags"], *image.known["ended"]}:
            tags = ", ".join(image.known["tags"])
            yield fault(
                name, f"CodeBuild provides no {image.family} with tag {image.tag or '(none)'}. Use one of {tags}."
            )
