"""`make bench-ledger`: what the ledger adds to a release, on two local AWSes in turn, one of which keeps none."""

import sys
from collections.abc import Callable, Sequence

from benchmarks import switched
from benchmarks.switched import Subject, Work, measure
from reporting import command
from tests.local_aws.iam.release_place import Pipeline
from tests.local_aws.iam.release_template import NAME

REQUESTS = 300


def main(words: Sequence[str]) -> None:
    """Measure, and print one table."""
    subject = Subject("the ledger", "LOCAL_AWS_LEDGER", [Work("a request", REQUESTS, _requests)])
    measure(subject, "bin/bench-ledger", f"{__doc__}\n{switched.__doc__}", words)


def _requests(place: Pipeline) -> Callable[[], None]:
    """Return what sends requests of the kinds of which a release makes most: is the build done, is the release done."""
    builds, pipelines = place.aws.client("codebuild"), place.aws.client("codepipeline")
    identifiers = builds.list_builds()["ids"][:1]

    def send() -> None:
        for _ in range(REQUESTS // 2):
            builds.batch_get_builds(ids=identifiers)
            pipelines.get_pipeline_state(name=NAME)

    return send


if __name__ == "__main__":
    sys.exit(command.run(main))
