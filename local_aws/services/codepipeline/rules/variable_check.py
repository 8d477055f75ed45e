"""VariableCheck: compares a variable with a text.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
"""

import re
from collections.abc import Callable, Mapping

from local_aws.services.codepipeline.engine.ports import ActionError, RuleContext, RuleResult

OPERATORS: Mapping[str, tuple[str, Callable[[str, str], bool]]] = {
    "EQ": ("equals", lambda variable, value: variable == value),
    "NE": ("does not equal", lambda variable, value: variable != value),
    "CONTAINS": ("contains", lambda variable, value: value in variable),
    "MATCHES": ("matches", lambda variable, value: re.fullmatch(value, variable) is not None),
}


def variable_check(context: RuleContext) -> RuleResult:
    """Compare; MATCHES takes the whole of the variable, as Java's ``matches`` does."""
    variable, value = context.configuration["Variable"], context.configuration["Value"]
    words, compare = OPERATORS[context.configuration["Operator"]]
    try:
        passed = compare(variable, value)
    except re.error as error:
        raise ActionError("ConfigurationError", f"{value!r} is not a regular expression: {error}.") from error
    return RuleResult(passed, f"It is {'true' if passed else 'not true'} that {variable!r} {words} {value!r}.")
