"""How a fault of a permission is told."""

from reporting.findings import Finding, Severity
from system_model.roles import Role
from system_model.statements import Statement


def fault(identifier: str, role: Role, statement: Statement | None, sentence: str, remedy: str) -> Finding:
    """Make a finding about a statement of a role, or about the role."""
    place = f"{role.id}:{statement.sid}" if statement else role.id
    return Finding(
        file=f"build/{role.stack}.json",
        line=0,
        column=0,
        id=identifier,
        severity=Severity.ERROR,
        sentence=f"{place}: {sentence}",
        remedy=remedy,
        place=place,
    )


def of_table(identifier: str, file: str, sentence: str, remedy: str) -> Finding:
    """Make a finding about a table of this room."""
    return Finding(f"proofs/analysis/{file}", 0, 0, identifier, Severity.ERROR, sentence, remedy)
