"""All corrections of a file's findings, and each fault once."""

from collections.abc import Sequence

from linting.corrections import certainty, forms, functions, metadata_values, parameters, policies, sam, template_text
from linting.corrections.correction import Correction
from linting.corrections.document import Document
from linting.corrections.repetition import told_once
from reporting.findings import Finding, Severity

CORRECTIONS = (
    parameters.address_of_secret,
    template_text.name_in_module,
    functions.attribute_for_reference,
    functions.data_of_wait_condition,
    parameters.default_as_text,
    parameters.default_of_nothing,
    policies.dynamic_reference,
    policies.empty_sid,
    functions.enumeration_of_other,
    forms.equal_items,
    certainty.failed_rule,
    metadata_values.file_mode,
    metadata_values.files_of_init,
    functions.group_of_load_balancer,
    forms.health_check_port,
    template_text.hooks_section,
    template_text.key_given_twice,
    functions.list_of_transforms,
    metadata_values.metadata,
    sam.nested_property,
    forms.network_with_host_bits,
    certainty.one_outcome,
    parameters.default_of_parameter,
    policies.policy_as_text,
    functions.policy_without_value,
    forms.question_mark_in_cron,
    template_text.quoted_text,
    template_text.resource_description,
    forms.rule_of_group,
    sam.generated_resource,
    forms.short_role_name,
    functions.text_of_a_shell,
    template_text.type_of_others,
    functions.zones_in_join,
    certainty.unsure_rule,
    certainty.macro_of_account,
)
"""In order: a name in a module may make a rule fail, and what others make a warning of, a macro need not."""
OF_VALIDATOR = (functions.decided_by_condition, parameters.empty_default, sam.function, *CORRECTIONS)
OF_OUTCOMES = (functions.decided_by_condition, certainty.one_outcome, certainty.unsure_rule)
"""For those who don't know the parameters, nor which rule AWS shares: these make less of a finding."""


def corrected(content: bytes, linted: Sequence[Finding], validated: Sequence[Finding]) -> list[Finding]:
    """Return what cfn-lint and the validator found in ``content``, without what is false or said twice."""
    document = Document(content)
    return sorted(told_once(_true(linted, document, CORRECTIONS), _true(validated, document, OF_VALIDATOR)))


def is_right(validated: Finding, document: Document) -> bool:
    """Check whether CloudFormation may refuse ``document`` for what the validator found."""
    heeded = [one for one in OF_VALIDATOR if one not in OF_OUTCOMES]
    return any(one.severity is Severity.ERROR for one in _true([validated], document, heeded))


def _true(findings: Sequence[Finding], document: Document, corrections: Sequence[Correction]) -> list[Finding]:
    left = []
    for finding in findings:
        one: Finding | None = finding
        for correction in corrections:
            one = None if one is None else correction.of(one, document)
        left += [] if one is None else [one]
    return left
