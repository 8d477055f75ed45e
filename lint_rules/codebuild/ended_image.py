"""W9207."""

from collections.abc import Iterator

from lint_rules.codebuild.image import curated_image
from lint_rules.codebuild.project import PROJECT, projects
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class EndedImage(Rule):
    """An image that is maintained no longer."""

    id = "W9207"
    shortdesc = "An image that has ended gets no fixes and is slow to start"
    description = (
        "CodeBuild keeps the images that have ended, but neither updates them nor caches them on its hosts: "
        "what runs in them is unpatched, and each build first fetches the image."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/deprecated-images.html"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for project in projects(template):
            name = project["Environment"]["Image"]
            image = curated_image(name.text)
            ended = image.facts["ended"] if image and image.facts else {}
            why = ended.get(image.tag, ended.get("*")) if image else None
            if why:
                newer = (image.facts["tags"] if image and image.facts else None) or []
                use = (
                    f"{image.family}:{newer[-1]}"
                    if image and newer
                    else "aws/codebuild/amazonlinux-x86_64-standard:6.0"
                )
                since = f", since {why['since']}" if why["since"] else ""
                yield fault(name, f"{name.text} has ended ({why['because']}{since}). Use {use}.")
