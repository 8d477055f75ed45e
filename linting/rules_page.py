"""Writes `docs/rules.md`: every rule and contract of this project, from what each says of itself."""

from collections.abc import Sequence

from linting.limits import LARGEST, MEMORY, MOST_RESOURCES, MOST_VALUES, SECONDS
from linting.rule_index import entries
from reporting import command
from reporting.findings import RuleText
from settings.root import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "rules.md"

PARTS = (
    ("91", "Pipelines"),
    ("92", "Builds"),
    ("93", "Permissions"),
    ("94", "What a release keeps, and whom it notifies"),
    ("95", "Services and load balancers"),
    ("96", "Contracts between files"),
    ("97", "Buildspecs"),
    ("98", "AppSpec files"),
    ("99", "Waivers"),
)
"""The first two digits of ids, and what they are about."""

HEAD = """\
<!-- Made from the rules by `make rules`; a change here is lost. -->
# The rules

What each finding of `make lint`, `make templates` and `bin/lint` with an id from 9100 upwards means. Any other id is
[cfn-lint's own](https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md), or, with an F, of AWS's
validator. `bin/lint --explain ID` says what any of them means.

**E**: AWS refuses it at deploy time, or it fails when it runs. **W**: it works, but loses data, is not safe, or will
fail in a likely situation. **I**: advice.

Ids from 9100 to 9599 are rules of a cfn-lint pack, for any template in JSON or YAML:

    cfn-lint --append-rules path/to/lint_rules TEMPLATE

or `append_rules: [path/to/lint_rules]` in `.cfnlintrc`, which editors read too. A rule is switched off as any other of
cfn-lint, by `ignore_checks` in `.cfnlintrc` or in the template's metadata. The pack keeps its name, and needs the
folders `aws_facts/`, `buildspecs/`, `contracts/`, `reporting/` and `system_model/` beside it; what AWS allows is data
in the first, each fact with its source. Ids from 9600 are contracts between templates, buildspecs and files: of the
project, and those of roles, artifacts and containers of any template, where what is not known is not judged; ids from
9700 are rules for buildspecs, which `bin/lint buildspec.yml` judges alone, ids from 9800 for AppSpec files, and those
from 9900 are about waivers ([linting.md](linting.md)). What an engine finds under one outcome of the conditions
has a W for its E; W0002 says that a rule of cfn-lint failed itself, and was not applied. Ids from 9000 to 9099 are the
validator's.

## Limits

The linters look at files up to {largest:,} bytes, templates of up to {resources:,} resources (CloudFormation takes
500), and YAML whose aliases stand for up to {values:,} keys and values. Each works on a file for at most {seconds}
seconds of the processor, in a process of its own with at most {memory} GB of memory, so one file costs the others
nothing. What is beyond a limit is a finding that tells the limit (E1002, E3010, or E0002: a linter gave up). Pipes,
devices and sockets are refused, and links to folders are not followed.
"""


def page() -> str:
    """Return the page's text."""
    every = entries()
    limits = {
        "largest": LARGEST,
        "resources": MOST_RESOURCES,
        "values": MOST_VALUES,
        "seconds": SECONDS,
        "memory": MEMORY // 1024**3,
    }
    parts = [HEAD.format(**limits)]
    for digits, title in PARTS:
        parts.append(f"## {title}\n")
        parts += [_written(one) for one in every if one.id[1:3] == digits]
    return "\n".join(parts)


def main(_words: Sequence[str]) -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


def _written(entry: RuleText) -> str:
    return f"### {entry.id}: {entry.shortdesc}\n\n{entry.description} ([source]({entry.source_url}))\n"


if __name__ == "__main__":
    raise SystemExit(command.run(main))
