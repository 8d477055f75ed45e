from collections.abc import Iterator

from aws_facts.codebuild_images import CURATED
from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class ImageCredentials(ProjectRule):
    """Credentials that the image is not pulled with."""

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
