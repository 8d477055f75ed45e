from collections.abc import Iterator

from aws_facts.codebuild_images import curated
from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class EndedImage(ProjectRule):
    """An image that is maintained no longer."""

    id = "W9207"
    shortdesc = "An image that has ended gets no fixes and is slow to start"
    description = (
        "CodeBuild keeps the images that have ended, but neither updates them nor caches them on its hosts: "
        "what runs in them is unpatched, and each build first fetches the image."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/deprecated-images.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        name = project["Environment"]["Image"]
        image = curated(name.text)
        if image and image.end:
            newer = (image.known or {}).get("tags")
            use = f"{image.family}:{newer[-1]}" if newer else "aws/codebuild/amazonlinux-x86_64-standard:6.0"
            since = f", since {image.end['since']}" if image.end["since"] else ""
            yield fault(name, f"{name.text} has ended ({image.end['because']}{since}). Use {use}.")
