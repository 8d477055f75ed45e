from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.structure import Pipeline, PipelineRule, is_list
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault


class StoreOfRegion(PipelineRule):
    """Actions in regions that have no artifact store."""

    id = "E9138"
    shortdesc = "There must be an artifact store in the region of each action"
    description = (
        "An action in another region than the pipeline's reads its artifacts from a bucket there. CreatePipeline "
        "refuses it without an entry for that region in ArtifactStores."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        stores = [one["Region"].text for one in pipeline["ArtifactStores"].items]
        regions: dict[str, Node] = {}
        for action in pipeline.actions:
            text = action["Region"].text
            if text and text not in stores:
                regions.setdefault(text, action["Region"])
        if len(regions) > _unknown(pipeline, stores):
            for text, region in regions.items():
                yield fault(region, f"There is no artifact store in {text}. Add one to ArtifactStores.")


def _unknown(pipeline: Pipeline, stores: Sequence[str | None]) -> float:
    """Return the number of regions that may have a store: the pipeline's own, or those that are not known yet."""
    if pipeline["ArtifactStores"].absent:
        return 1
    return stores.count(None) if is_list(pipeline["ArtifactStores"]) else float("inf")
