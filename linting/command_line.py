"""The words of `bin/lint`, and of `pipeline-lint`, which is the same command installed."""

import argparse

FORMATS = {"pretty": "pretty", "json": "json_format", "sarif": "sarif", "junit": "junit"}
DEFAULT_REGION = "us-east-1"
"""The region for which anyone's templates are judged: CloudFormation's own default."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="pipeline-lint",
        description="Find what AWS would refuse at deploy time or at run time: in CloudFormation templates (JSON or "
        "YAML), CodeBuild buildspecs and CodeDeploy AppSpec files. Without a path, in the project of a checkout, with "
        "the contracts between its files.",
        epilog="Exit code 0: nothing found; 1: findings; 2: a path can't be read. docs/rules.md explains each id, "
        "and docs/linting.md baselines, waivers, editors and continuous integration.",
    )
    made.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, a pattern such as '**/*.yml', or -")
    made.add_argument("--format", choices=FORMATS, default="pretty", help="default: pretty")
    made.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help=f"judge templates for it; may be repeated ({DEFAULT_REGION})",
    )
    made.add_argument("--informational", action="store_true", help="report advice too, not only errors and warnings")
    made.add_argument("--changed", metavar="REV", help="only what differs from a revision of git, below PATH")
    made.add_argument("--known-only", action="store_true", help="skip files that no rule applies to")
    made.add_argument("--stdin-name", metavar="NAME", default="stdin", help="what the file on standard input is called")
    made.add_argument("--baseline", metavar="FILE", help="report only what is not in it")
    made.add_argument("--write-baseline", metavar="FILE", help="write what is found to it, and end with 0")
    made.add_argument("--fix", action="store_true", help="fix what has one certain correction, and report the rest")
    made.add_argument("--explain", metavar="ID", help="say what an id means, and where that is documented")
    return made
