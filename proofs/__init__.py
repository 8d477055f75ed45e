"""Shows by execution that the roles of `build/` may do enough, and nothing more: `make prove`, `docs/permissions.md`.

A release is run in a local AWS of its own, every decision of its IAM is taken from its ledger, and what is granted is
held against what was asked for. What follows from that is computed by asking the same IAM again, about policies from
which something was taken away, and about requests that must be refused.
"""
