"""A system as contracts read it: what they find is reported at its line of the template."""

from collections.abc import Sequence

from contracts.catalogue import RULES
from reporting.findings import Finding, Severity
from system_model.index import SystemIndex
from system_model.line_numbers import line_of
from system_model.system import Resource, Stack


class ProjectIndex(SystemIndex):
    """The index of a system that makes findings."""

    def finding(
        self, identifier: str, resource: Resource, below: Sequence[str | int], sentence: str, remedy: str
    ) -> Finding:
        """Return a finding about a part of a resource."""
        path = ("Resources", resource.logical_id, *below)
        return self.finding_in(identifier, resource.stack, path, sentence, remedy)

    def finding_in(
        self, identifier: str, stack: Stack, path: Sequence[str | int], sentence: str, remedy: str
    ) -> Finding:
        """Return a finding about a place of a template."""
        line, found = line_of(stack.template, path) if stack.is_rendered else (0, path)
        place = "/".join(str(part) for part in found)
        rule = RULES[identifier]
        return Finding(
            file=stack.file,
            line=line,
            column=1 if line else 0,
            id=identifier,
            severity=Severity.ERROR,
            sentence=sentence,
            remedy=remedy,
            place=place,
            title=rule.shortdesc,
            source=rule.source_url,
        )
