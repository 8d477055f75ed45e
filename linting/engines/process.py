"""cfn-lint and AWS's validator in a process of their own, so that they load while the templates are still being made.

Its argument is cfn-lint's configuration file. It reads one line of JSON, ``{"files": [...], "regions": [...]}``, from
standard input, and writes one line as a linter is done with a file, ``{"linter": ..., "file": ..., "rows": [...]}``, or
``{"linter": ..., "file": ..., "gave up": reason}``. A row has the members of a ``Finding`` without its file.
"""

import gc
import json
import sys
from collections.abc import Iterator
from typing import Any

from linting.engines import validator
from linting.engines.linter import CFN_LINT, VALIDATOR
from linting.workers import GaveUp, Workers, answers, end_with

GARBAGE_EVERY = 500_000
"""Allocations between two collections. cfn-lint keeps nearly all that it makes, so looking for garbage at Python's
usual 700 costs an eighth of its time and finds nothing."""


def main() -> None:
    """Load the linters, then let them look at the files that standard input names."""
    with Workers(validator.rows) as validating:
        validating.prepare()  # it loads on another processor
        gc.set_threshold(GARBAGE_EVERY, 50, 50)
        # Imported after the line above, since importing is where much of the saving is, and before it is said which
        # files to lint, since it takes longer than making them.
        from linting.engines.cfn_lint import CfnLint  # noqa: PLC0415

        linter = CfnLint(sys.argv[1])
        request = sys.stdin.readline()
        if not request:
            return
        end_with(sys.stdin.fileno())
        for answer in _answers(linter, validating, **json.loads(request)):
            print(json.dumps(answer), flush=True)


def _answers(linter: Any, validating: Workers, files: list[str], regions: list[str]) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - imported late
    validating.give(files)
    with linter.workers(files, regions) as linting:
        for workers, file, answer in answers(linting, validating):
            told = {"gave up": answer.reason} if isinstance(answer, GaveUp) else {"rows": answer}
            yield {"linter": CFN_LINT if workers is linting else VALIDATOR, "file": file, **told}


if __name__ == "__main__":
    main()
