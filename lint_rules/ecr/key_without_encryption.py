from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class KeyWithoutEncryption(ResourceRule):
    """A key for a repository that is not encrypted with it."""

    id = "E9403"
    shortdesc = "A repository's key needs the encryption type KMS"
    description = "CreateRepository refuses a key together with EncryptionType AES256."
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html"
    types = ("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate")

    def faults_of(self, repository: Resource) -> Iterator[Fault]:
        encryption = repository["EncryptionConfiguration"]
        if encryption["EncryptionType"].text == "AES256" and encryption["KmsKey"].present:
            yield fault(encryption["KmsKey"], "AES256 takes no key. Set EncryptionType to KMS, or drop KmsKey.")
