from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongSecretReference(ReadingRule):
    """A value of secrets-manager is secret-id:json-key:version-stage:version-id."""

    id = "E9715"
    shortdesc = "A value of secrets-manager is secret-id:json-key:version-stage:version-id"
    description = (
        "CodeBuild reads the secret that the reference names before any command runs; one that is malformed ends the "
        "build."
    )
    source_url = (
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.secrets-manager"
    )
    kinds = (Kind.REFERENCE,)
    remedy = "Write secret-id, then json-key, version-stage and version-id as needed, with colons between."
