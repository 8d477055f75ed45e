"""What a pipeline's actions need of the roles of functions: the function itself says that the action is done."""

from collections.abc import Iterator

from contracts.permissions.implied import needs
from contracts.permissions.required import Usage
from contracts.project_index import PIPELINE, ProjectIndex, actions, provider
from system_model.system import mapping

FUNCTION = "AWS::Lambda::Function"


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how each function of the templates that an action invokes uses its role."""
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            is_invoked = (
                mapping(action.get("ActionTypeId")).get("Category") == "Invoke" and provider(action) == "Lambda"
            )
            name = index.text(mapping(action.get("Configuration")).get("FunctionName"), pipeline.stack)
            function = index.named(FUNCTION, name) if is_invoked and name is not None else None
            if function is not None:
                about = f"action {action.get('Name')} of {pipeline} invokes it: "
                needed = list(needs("job of a function", function, {}, about))
                yield Usage(function, function.properties.get("Role"), "lambda.amazonaws.com", {}, needed)
