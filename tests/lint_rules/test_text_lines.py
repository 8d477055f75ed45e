"""What is wrong with a buildspec in a template is reported at its line of the template, however the text is written."""

from pathlib import Path

import pytest
from cfnlint.decode import cfn_json, cfn_yaml
from cfnlint.rules._rule import _rule_match_to_match
from cfnlint.template.template import Template

from tests.lint_rules.corpus import pack

PROJECT = """\
Resources:
  Project:
    Type: AWS::CodeBuild::Project
    Properties:
      Artifacts: {Type: NO_ARTIFACTS}
      Source:
        Type: NO_SOURCE
        BuildSpec:%s
      ServiceRole: build
      Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: "aws/codebuild/standard:7.0"}
"""
LINES = ["version: 0.2", "phases:", "  build:", "    commands:", "      - make", "      - docker login"]


def block(head: str, indent: int) -> str:
    return head + "".join(f"\n{' ' * indent}{line}" for line in LINES)


FORMS = {
    "literal": block(" |", 10),
    "literal_with_more_below": block(" |\n\n          # about it", 10),
    "literal_that_keeps_no_end": block(" |-", 10),
    "short_sub": block(" !Sub |", 10),
    "sub": block("\n          Fn::Sub: |", 12),
    "sub_with_values": block("\n          Fn::Sub:\n            - |", 14) + "\n            - {A: b}",
    "short_sub_with_values": block(" !Sub\n          - |", 12) + "\n          - {A: b}",
    "joined": '\n          Fn::Join:\n            - "\\n"\n            - ' + str(LINES),
    "joined_line_by_line": '\n          Fn::Join:\n            - "\\n"\n            -'
    + "".join(f'\n              - "{line}"' for line in LINES),
    "quoted": ' "' + "\\n".join(LINES) + '"',
}


@pytest.mark.parametrize("form", FORMS)
def test_a_finding_is_at_its_line(form: str, tmp_path: Path) -> None:
    text = PROJECT % FORMS[form]
    path = tmp_path / "template.yaml"
    path.write_text(text)
    cfn = Template(str(path), cfn_yaml.load(str(path)), ["us-east-1"])  # type: ignore[no-untyped-call] # cfn-lint's
    lines = set(_lines(cfn))
    assert [text.splitlines()[line - 1].strip() for line in lines] == [
        next(line.strip() for line in text.splitlines() if "docker login" in line)
    ]


def test_a_finding_in_json_is_at_its_item(tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    items = ",\n".join(f'"{line}"' for line in LINES)
    path.write_text(
        '{"Resources": {"P": {"Type": "AWS::CodeBuild::Project", "Properties": {"Source": {"Type": "NO_SOURCE",\n'
        f'"BuildSpec": {{"Fn::Join": ["\\n", [\n{items}]]}}}}}}}}}}}}'
    )
    cfn = Template(str(path), cfn_json.load(str(path)), ["us-east-1"])  # type: ignore[no-untyped-call] # cfn-lint's
    assert _lines(cfn) == [8]


def _lines(cfn: Template) -> list[int]:
    rule = pack()["E9224"]
    return [match.linenumber for one in rule.match(cfn) for match in _rule_match_to_match(rule, "t", cfn, one)]
