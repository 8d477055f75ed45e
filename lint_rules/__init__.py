"""A cfn-lint rule pack: what AWS refuses only when a stack is deployed, or when a release runs, is refused before.

`cfn-lint --append-rules lint_rules TEMPLATE` uses it from anywhere; `docs/rules.md` lists the rules.
"""
