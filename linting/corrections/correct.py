"""All corrections of a file's findings, and each fault once."""

from collections.abc import Sequence
from types import ModuleType

from linting.corrections import (
    data_of_wait_condition,
    decided_by_condition,
    default_of_nothing,
    default_of_parameter,
    failed_rule,
    hooks_section,
    key_given_twice,
    list_of_transforms,
    macro_of_account,
    name_in_module,
    one_outcome,
    quoted_text,
    resource_description,
    rule_of_group,
    type_of_others,
    unsure_rule,
)
from linting.corrections.document import Document
from linting.corrections.of_sam import function, generated_resource, nested_property
from linting.corrections.of_values import (
    address_of_secret,
    attribute_for_reference,
    default_as_text,
    dynamic_reference,
    empty_default,
    empty_sid,
    enumeration_of_other,
    equal_items,
    file_mode,
    files_of_init,
    group_of_load_balancer,
    health_check_port,
    metadata,
    network_with_host_bits,
    policy_as_text,
    policy_without_value,
    question_mark_in_cron,
    short_role_name,
    text_of_a_shell,
    zones_in_join,
)
from linting.corrections.repetition import told_once
from reporting.findings import Finding

MODULES = (
    address_of_secret,
    name_in_module,
    attribute_for_reference,
    data_of_wait_condition,
    default_as_text,
    default_of_nothing,
    dynamic_reference,
    empty_sid,
    enumeration_of_other,
    equal_items,
    failed_rule,
    file_mode,
    files_of_init,
    group_of_load_balancer,
    health_check_port,
    hooks_section,
    key_given_twice,
    list_of_transforms,
    metadata,
    nested_property,
    network_with_host_bits,
    one_outcome,
    default_of_parameter,
    policy_as_text,
    policy_without_value,
    question_mark_in_cron,
    quoted_text,
    resource_description,
    rule_of_group,
    generated_resource,
    short_role_name,
    text_of_a_shell,
    type_of_others,
    zones_in_join,
    unsure_rule,
    macro_of_account,
)
"""In order: a name in a module may make a rule fail, and what others make a warning of, a macro need not."""
OF_VALIDATOR = (decided_by_condition, empty_default, function, *MODULES)


def corrected(content: bytes, linted: Sequence[Finding], validated: Sequence[Finding]) -> list[Finding]:
    """Return what cfn-lint and the validator found in ``content``, without what is false or said twice."""
    document = Document(content)
    return sorted(told_once(_true(linted, document, MODULES), _true(validated, document, OF_VALIDATOR)))


def _true(findings: Sequence[Finding], document: Document, modules: Sequence[ModuleType]) -> list[Finding]:
    left = []
    for finding in findings:
        one: Finding | None = finding
        for module in modules:
            if one is not None and (not module.IDS or one.id in module.IDS):
                one = module.corrected(one, document)
        left += [] if one is None else [one]
    return left
