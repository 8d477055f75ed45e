"""Everything in which MiniStack's stacks are brought to behave as CloudFormation's."""

from local_aws.ministack.change_sets import correct_change_sets
from local_aws.ministack.exports import hold_exports
from local_aws.ministack.updates import tell_of_changes_only


def correct_stacks() -> None:
    """Correct change sets, exports and events; call it once, before the first request."""
    correct_change_sets()
    hold_exports()
    tell_of_changes_only()
