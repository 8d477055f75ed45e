"""cfn-lint in a process of its own, so that it loads while the templates are still being made.

Its argument is the configuration file. It reads one line of JSON, ``{"files": [...], "regions": [...]}``, from standard
input, and writes one line as each file is done, ``{"file": ..., "findings": [...]}``, with a match in the form
``[line, column, id, severity, message, source, place]``.
"""

import gc
import json
import sys

GARBAGE_EVERY = 500_000
"""Allocations between two collections. cfn-lint keeps nearly all that it makes, so looking for garbage at Python's
usual 700 costs an eighth of its time and finds nothing."""


def main() -> None:
    """Load the rules, then lint the files that standard input names."""
    gc.set_threshold(GARBAGE_EVERY, 50, 50)
    # Imported after the line above, since importing is where much of the saving is, and before it is said which files
    # to lint, since it takes longer than making them.
    from linting.cfn_lint import CfnLint  # noqa: PLC0415

    linter = CfnLint(sys.argv[1])
    request = json.loads(sys.stdin.readline() or "{}")
    for file, matches in linter.run(request["files"], request["regions"]) if request else ():
        print(json.dumps({"file": file, "findings": matches}), flush=True)


if __name__ == "__main__":
    main()
