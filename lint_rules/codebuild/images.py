"""Images of builds, and who may pull them."""

from collections.abc import Iterator

from aws_facts.codebuild_images import CURATED, curated
from lint_rules.codebuild.project import ProjectRule, environment_type, known
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class EndedImage(ProjectRule):
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


class UnknownImage(ProjectRule):
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


class ImageOfOtherEnvironment(ProjectRule):
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


class ImageCredentials(ProjectRule):
    id = "E9219"
    shortdesc = "An image is pulled with the credentials it needs"
    description = (
        "Images of CodeBuild's own are pulled with CodeBuild's credentials alone. A private registry's are "
        "pulled with those of the project's role, which RegistryCredential names the secret for."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        environment = project["Environment"]
        name, kind, secret = (
            environment["Image"].text or "",
            environment["ImagePullCredentialsType"],
            environment["RegistryCredential"],
        )
        if name.startswith(CURATED) and kind.text == "SERVICE_ROLE":
            yield fault(
                kind, f"{name} is pulled with CodeBuild's own credentials. Set ImagePullCredentialsType to CODEBUILD."
            )
        if name.startswith(CURATED) and secret.present:
            yield fault(secret, f"{name} needs no credentials of a registry. Leave RegistryCredential out.")
        elif secret.present and name and (kind.absent or kind.text == "CODEBUILD"):
            yield fault(
                secret,
                "The project's role reads a registry's credentials. Set ImagePullCredentialsType to SERVICE_ROLE.",
            )
