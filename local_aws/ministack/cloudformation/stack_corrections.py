"""Everything in which MiniStack's stacks are brought to behave as CloudFormation's."""

from local_aws.ministack.cloudformation.change_sets import correct_change_sets
from local_aws.ministack.cloudformation.exports import hold_exports
from local_aws.ministack.cloudformation.name_conflicts import refuse_taken_names
from local_aws.ministack.cloudformation.outside_changes import keep_what_is_not_empty, miss_what_was_deleted
from local_aws.ministack.cloudformation.requests.allowed_patterns import read_patterns_of_java
from local_aws.ministack.cloudformation.requests.cancellations import cancel_at_once
from local_aws.ministack.cloudformation.requests.notifications import keep_notification_arns
from local_aws.ministack.cloudformation.requests.stack_policies import hold_stack_policies
from local_aws.ministack.cloudformation.resource_changes import read_values_by_type
from local_aws.ministack.cloudformation.resources.access_keys import add_access_keys
from local_aws.ministack.cloudformation.resources.databases import keep_passwords_in_secrets
from local_aws.ministack.cloudformation.resources.subscriptions import refuse_bad_subscriptions
from local_aws.ministack.cloudformation.rollbacks import list_what_is_left
from local_aws.ministack.cloudformation.stack_operations import write_operations_down
from local_aws.ministack.cloudformation.stacks import be_signalled_at
from local_aws.ministack.cloudformation.updates import tell_of_changes_only
from local_aws.ministack.cloudformation.wait_signals import keep_signals_with_stacks

_LOOPBACK = "127.0.0.1"


def correct_stacks() -> None:
    """Correct all of it; call it once, before the first request."""
    read_values_by_type()
    keep_notification_arns()
    read_patterns_of_java()
    correct_change_sets()
    hold_exports()
    miss_what_was_deleted()
    hold_stack_policies()
    cancel_at_once()
    tell_of_changes_only()
    add_access_keys()
    keep_passwords_in_secrets()
    refuse_bad_subscriptions()
    refuse_taken_names()
    keep_what_is_not_empty()
    list_what_is_left()
    write_operations_down()
    keep_signals_with_stacks()
    # What a proxy is kept from lists the address more often than the name localhost.
    be_signalled_at(_LOOPBACK)
