import re
from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault

BUCKET = re.compile(r"[a-zA-Z0-9\-.]{3,63}")


class ArtifactStore(PipelineRule):
    """Artifact stores that are no bucket, or with a key that is none."""

    id = "E9137"
    shortdesc = "An artifact store must be the name of a bucket, and its key one of KMS"
    description = (
        "CreatePipeline refuses a location that is not the plain name of a bucket, and any type of key but KMS. "
        "The artifacts are put into a folder of the pipeline's name by itself."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
        for store in stores:
            location, key = store["Location"], store["EncryptionKey"]["Type"]
            name = location.text
            if name is not None and "{{resolve:" not in name and not BUCKET.fullmatch(name):
                yield fault(location, f"{name} is not a valid bucket name. Give the name alone, without a folder.")
            if key.text not in {None, "KMS"}:
                yield fault(key, f"A key of type {key.text} can't be used. Set Type to KMS.")
