"""Everything that can be taken away from a role: a statement, one of its actions, one of its resources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from system_model.roles import Role, policies_of
from system_model.statements import Document, Statement


@dataclass(frozen=True)
class PermissionRemoval:
    """A role without a statement, or without one action or one resource (by its place) of it."""

    role: Role
    statement: Statement
    action: str | None = None
    resource: int | None = None

    @property
    def name(self) -> str:
        """What is taken away, as ``Role:Sid`` and more."""
        whole = f"{self.role.id}:{self.statement.sid}"
        if self.action is not None:
            return f"{whole} {self.action}"
        return whole if self.resource is None else f"{whole} {self.statement.shown_resources[self.resource]}"

    @property
    def actions(self) -> Sequence[str]:
        """The actions that it may change the decision on."""
        return self.statement.actions if self.action is None else (self.action,)

    @property
    def policies(self) -> Mapping[str, Document]:
        """The role's policies after it."""
        kept = [one for one in map(self._left, self.role.statements) if one is not None]
        return policies_of(self.role, kept)

    def _left(self, one: Statement) -> Statement | None:
        if one != self.statement:
            return one
        actions = [action for action in one.actions if self.action is not None and action != self.action]
        resources = [each for place, each in enumerate(one.resources) if place != self.resource]
        if self.resource is not None:
            actions = list(one.actions)
        if not actions or not resources:
            return None
        document = {**one.document, "Action": actions, "Resource": resources}
        return Statement(one.policy, one.index, document, one.written)


def statement_cuts(role: Role) -> Iterator[PermissionRemoval]:
    """Return the role without each of its statements."""
    for statement in role.grants:
        yield PermissionRemoval(role, statement)


def action_cuts(role: Role) -> Iterator[PermissionRemoval]:
    """Return the role without each single action."""
    for statement in role.grants:
        for action in statement.actions:
            yield PermissionRemoval(role, statement, action=action)


def resource_cuts(role: Role) -> Iterator[PermissionRemoval]:
    """Return the role without each single resource of statements that have several."""
    for statement in role.grants:
        if len(statement.resources) > 1:
            for place in range(len(statement.resources)):
                yield PermissionRemoval(role, statement, resource=place)
