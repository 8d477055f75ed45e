"""What this project uses of MiniStack's inside is there, under these names and with these signatures.

They are documented nowhere: whoever moves the pin in requirements.in sees here what moved with it.
"""

import importlib
import inspect
from importlib.metadata import version
from typing import Any

import pytest

VERSION = "1.5.33"

SIGNATURES = {
    "app:_routing_params": "method path headers body query_params",
    "app:_credential_failure": "service iam_action request_id denied headers",
    "app:_load_persisted_state": "",
    "app:_get_module": "name",
    "services.s3:_atomic_write": "fpath data text",
    "core.persistence:_json_object_hook": "obj",
    "app:save_all": "services",
    "core.router:detect_service": "method path headers query_params",
    "core.router:extract_access_key_id": "headers query_params",
    "core.iam_actions:extract_resource_arn": "service method path headers body query_params region account_id",
    "core.iam_actions:access_denied_response": (
        "service action principal_arn request_id error_code message headers resource_arn explicit_deny "
        "resource_policy_arn"
    ),
    "core.iam_actions:identity_denial_message": "action principal_arn resource explicit_deny",
    "core.iam_evaluator:is_root_access_key": "access_key_id",
    "core.iam_evaluator:authenticate": "access_key_id account_id",
    "core.iam_evaluator:pin_signed_body": "body",
    "core.iam_evaluator:find_iam_access_key_account": "access_key_id",
    "core.iam_evaluator:_invalid_session_token": "",
    "core.iam_evaluator:ResolvedCredential": (
        "access_key_id secret_access_key account_id principal_arn principal_id principal_type principal_name "
        "session_token expiration source_access_key_id"
    ),
    "core.iam_evaluator:AuthError": "code message details",
    "core.iam_actions:extract_iam_action": "service method path headers body query_params",
    "core.iam_evaluator:enforce": "access_key_id iam_action service region resource_arn service_context",
    "core.iam_evaluator:evaluate": "ctx policies limits",
    "core.iam_evaluator:evaluate_trust_policy": "trust_doc caller_arn ctx",
    "core.iam_evaluator:resolve_credential": "access_key_id account_id session_token",
    "core.iam_evaluator:caller_arn": "",
    "core.iam_evaluator:EvalContext": (
        "principal_arn principal_type principal_account action resource_arn region source_ip secure_transport "
        "request_tags tag_keys service_context principal_keys"
    ),
    "core.iam_evaluator:ParsedStatement": "sid effect actions not_actions resources not_resources conditions",
    "core.iam_evaluator:parse_policy_document": "doc",
    "core.iam_evaluator:validate_policy_document": "doc",
    "core.iam_evaluator:combine_resource_policy": "identity ctx policy owner_account required limits",
    "core.iam_evaluator:_resource_policy": "service resource_arn",
    "core.iam_evaluator:_names_condition_key": "policies prefix",
    "services.tagging:resource_tags": "arn",
    "core.iam_evaluator:_gather_role_policies": "role_name account_id",
    "core.iam_evaluator:_gather_user_policies": "user_name account_id",
    "core.iam_evaluator:_resolve_managed_policy_document": "policy_arn account_id",
    "core.iam_evaluator:_first_match": "ctx stmts effect",
    "core.iam_evaluator:_action_matches": "request_action actions not_actions",
    "core.iam_evaluator:_resource_matches": "resource_arn resources not_resources",
    "core.iam_evaluator:_conditions_met": "conditions ctx",
    "core.iam_evaluator:_resolve_condition_key": "key ctx",
    "core.iam_evaluator:_principal_matches": "principal caller_arn",
    "core.iam_evaluator:_permissions_boundary": "store name account_id",
    "core.iam_evaluator:_names_caller_directly": "principal caller_arn",
    "core.lambda_runtime:execution_credentials": "config",
    "services.lambda_svc:execution_credentials": "config",
    "services.lambda_svc:_prune_orphan_code_blobs": "referenced",
    "core.responses:request_scope": "account_id region",
    "core.responses:get_account_id": "",
    "core.responses:get_region": "",
    "core.persistence:_json_default": "obj",
    "services.iam:_create_user": "p",
    "services.cloudformation.provisioners:_cw_metric_alarm_record": "name props",
    "services.cloudwatch:_put_metric_alarm": "params cbor_data is_cbor is_json",
    "services.cloudwatch:_evaluate_alarm": "alarm",
    "services.cloudwatch:_percentile_samples": "points",
    "services.cloudwatch:_error": "code message status use_json use_cbor",
    "services.iam:_put_user_policy": "p",
    "services.iam:_gen_session_access_key": "",
    "services.sts:register_session": "access_key session",
    "services.sts:_role_id": "role_arn",
    "services.kms:_resolve_key": "key_id_or_arn",
    "services.s3:_bucket_default_sse_headers": "bucket_name",
    "services.secretsmanager:_resolve": "secret_id use_arn_scope",
    "services.secretsmanager:_store_new_secret": (
        "name secret_string secret_binary description tags kms_key_id rotation_lambda_arn rotation_rules"
    ),
    "core.iam_actions:request_tag_context": "service iam_action body params",
    "core.iam_evaluator:pin_request_origin": "source_ip secure_transport",
    "services.ecr:_repo_uri": "name",
    "services.ecr:_repo_shape": "repo",
    "services.eventbridge:_dispatch_event": "event view",
    "app:_read_request_body": "receive method headers",
    "app:_handle_pre_body_request": "method path headers query_params request_id",
    "app:_handle_post_body_shortcuts": "method path headers body query_params request_id",
    "app:_handle_special_data_plane_request": (
        "method path headers body query_params request_id raw_path raw_query_string client_ip"
    ),
    "app:_handle_s3_control_request": "path method body query_params request_id headers",
    "app:_handle_s3_vhost_request": "host path method headers body query_params",
    "app:_with_data_plane_headers": "response request_id include_s3_id wildcard_cors",
    "app:_s3_cors_target": "host path path_style",
    "app:_decode_aws_chunked_body": "body headers",
    "services.s3:_verify_presigned_sigv4": "method path headers query_params",
    "services.s3:cors_preflight": "bucket_name key headers",
    "services.s3:cors_response_headers": "bucket_name method headers",
    "services.ecr:_v2_put_manifest": "name ref headers body",
    "services.ecr:_v2_get_manifest": "name ref",
    "services.ecr:_v2_head_manifest": "name ref",
    "services.ecr:_v2_delete_manifest": "name ref",
    "services.ecr:_v2_list_tags": "name query_params",
    "services.ecr:_parse_v2_path": "path",
    "app:_send_if_handled": "send response receive head",
    "services.alb:dispatch_request": (
        "lb method path headers body query_params port client_ip raw_query_string raw_path"
    ),
    "services.ecs:_register_metadata": "task_arn cluster_arn td cdef launch_type env host_mode ministack_net_ip",
    "services.ecs:_get_docker": "",
    "services.ecs_metadata:handle_request": "method path headers body query_params",
    "services.ecs:_start_task_worker": "task td container_overrides docker_client",
    "services.ecs:_build_run_kwargs": (
        "cdef td env port_bindings ecs_network host_mode task_id task_arn ministack_net_ip cluster_arn"
    ),
    "services.ecs:_resolve_container_secrets": "cdef",
    "services.ecs:_resolve_repository_credentials": "cdef",
    "services.ecs:_watch_task_lifecycle": "task docker_client account_id region",
    "services.ecs:_record_service_task_healthy": "svc_key task",
    "services.ecs:_task_ip": "task",
    "services.ecs:_task_is_active": "task_arn task",
    "services.ecs:_sync_service_targets": "cluster_name svc",
    "services.ecs:_mark_task_stopped": "task_arn task reason stop_code exit_code",
    "services.ecs:_cleanup_task_resources": "task docker_client extra_container",
    "services.ecs:_cluster_name_from_arn": "arn",
    "services.ecs:_resolve_td_key": "ref",
    "services.ecs:_refresh_service_state": "cluster_name group",
    "services.ecs:_reconcile_service_tasks": "cluster_name svc_key",
    "services.ecs:_maybe_mark_stopped": "task docker_client",
    "services.ecs:_run_task": "data",
    "services.ecs:_stop_task": "data",
    "services.ecs:_record_service_task_failure": "task digest_resolution_failed",
    "services.ecs:_make_deployment": "task_definition desired_count status",
    "services.ecs:_schedule_service_deployment_completion": "cluster_name svc_key account_id region healthy_task",
    "services.ecs:_remove_docker_container": "docker_client container_or_id",
    "services.ecs:_resolve_task": "ref cluster_name",
    "services.ecs:_resolve_cluster_name": "ref",
    "services.ecs:_iso": "",
    "services.ecs:_primary_deployment": "svc",
    "services.ecs:_deployment_for_task": "svc task",
    "services.ecs:_resolve_service_ref": "ref",
    "services.ecs:_circuit_breaker_threshold": "svc",
    "services.cloudformation.stacks:_runs_on_worker_thread": "resource_type",
    "services.cloudformation.stacks:_sends_back_failed_update": "resource_type",
    "services.cloudformation.stacks:_provision_resource": "resource_type logical_id props stack_name",
    "services.eventbridge:_rule_key": "rule_name bus_name",
    "services.ecs:_forward_awslogs": "container config account_id region",
    "services.ecs:_ensure_awslogs_stream": "config",
    "services.alb:_proxy_http_target": "target tg method path headers body query_params raw_query_string",
    "core.container_reaper:instance_id": "",
    "core.concurrency:spawn_background": "fn args thread_name kwargs",
    "core.responses:StreamingResponse": "runner",
    "services.ssm:resolve_parameter_value": "name_or_arn version decrypt",
    "services.s3:_put_bucket_encryption": "name body",
    "services.s3:_delete_bucket_encryption": "name",
    "services.s3:_put_bucket_lifecycle": "name body",
    "services.s3:_delete_bucket_lifecycle": "name",
    "services.s3:_put_bucket_logging": "name body",
    "services.s3:_put_bucket_ownership_controls": "name body",
    "services.cloudwatch_logs:_put_log_events": "data",
    "services.cloudwatch_logs:_append_log_events": "stream events",
    "services.cloudwatch_logs:_describe_log_groups": "data",
    "services.cloudwatch_logs:_get_log_record": "data",
    "services.cloudwatch_logs:_collect_query_records": "group_names start_time_s end_time_s",
    "services.cloudwatch_logs:_start_query": "data",
    "services.cloudwatch_logs:_put_retention_policy": "data",
    "services.cloudwatch_logs:_forget_log_records_for_group": "group_name",
    "services.cloudwatch_logs:_forget_log_records_for_stream": "group_name stream_name",
    "services.cloudwatch_logs:_resolve_log_group_name": "data",
    "services.cloudwatch_logs:_compile_filter_pattern": "raw",
    "services.cloudwatch_logs:_fanout_to_subscription_filters": "group_name stream_name events",
    "services.cloudwatch_logs:_fanout_to_live_tail_sessions": "group_name stream_name events",
    "services.cloudwatch_logs:_insights_filter_predicates": "query_string",
    "services.cloudwatch_logs:_parse_insights_sort": "query_string",
    "services.cloudwatch_logs:_parse_insights_limit": "query_string explicit_limit",
    "services.cloudwatch_logs:_parse_insights_fields": "query_string",
    "services.cloudwatch_logs:_resolve_query_log_groups": "data",
    "services.cloudwatch_logs:_row_from_record": "record fields",
    "services.cloudwatch_logs:_build_log_record": "ptr timestamp_ms message log_group log_stream",
    "services.cloudwatch_logs:_public_log_record": "record",
    "services.cloudformation.helpers:_error": "code message status",
    "services.cloudformation.helpers:_resolve_template": "params",
    "services.cloudformation.handlers:_resolve_stack": "stack_name",
    "services.cloudformation.engine:_parse_template": "template_body",
    "services.cloudformation.engine:_evaluate_conditions": "template params",
    "services.cloudformation.changesets:_resolve_props_for_diff": "template params stack_name stack_id",
    "services.cloudformation.handlers:_imported_export_names": "stack stack_name",
    "services.cloudformation.stacks:_resolve_stack_outputs": (
        "outputs_defs conditions resources param_values mappings stack_name stack_id"
    ),
    "services.cloudformation.stacks:_add_event": (
        "stack_id stack_name logical_id resource_type status reason physical_id detailed_status"
    ),
    "services.cloudformation.stacks:_update_resource": (
        "resource_type physical_id old_props new_props stack_name logical_id old_attrs"
    ),
    "services.cloudformation.stacks:_roll_back_operation": "stack_name stack_id stack operation reason_override",
    "services.cloudformation.stacks:_continue_update_rollback_async": "stack_name stack_id resources_to_skip",
    "services.cloudformation.handlers:_roll_back_operation": "stack_name stack_id stack operation reason_override",
    "services.cloudformation.handlers:_continue_update_rollback_async": "stack_name stack_id resources_to_skip",
    "services.cloudformation.provisioners:_update_resource": (
        "resource_type physical_id old_props new_props stack_name logical_id old_attrs"
    ),
    "services.s3:_delete_bucket": "name",
    "services.s3:_complete_multipart_upload": "bucket_name key body query_params headers",
    "services.s3:_read_body": "bucket_name key obj",
    "services.s3:_version_body": "bucket bucket_name key v",
    "services.s3:_get_object_data": "bucket_name key version_id",
    "services.s3:_version_entry_from_record": "obj version_id data",
    "services.s3:_object_disk_path": "bucket key account_id",
    "services.s3:_version_disk_path": "bucket key version_id account_id",
    "services.ecr:_delete_repository": "data",
    "services.ssm:_lookup_parameter": "name_or_arn allow_arn_region flexible_name",
    "services.kms:_alias_arn": "alias_name",
    "services.cloudformation.custom_resource:_gateway_url": "",
    "services.cloudformation.wait_conditions:register_handle": "stack_id",
    "services.cloudformation.wait_conditions:discard_handle": "url",
    "services.cloudformation.wait_conditions:deliver_signal": "token payload",
    "services.cloudformation.wait_conditions:has_handle": "token",
    "services.cloudformation.wait_conditions:handle_owner": "token",
    "services.cloudformation.wait_conditions:token_from_url": "url",
    "services.cloudformation.wait_conditions:wait_for": (
        "token stack_id stack_name logical_id resource_type count timeout_s"
    ),
    "services.cloudformation.provisioners:_physical_name": "stack_name logical_id lowercase max_len seeded",
}

VALUES = {
    "app:SERVICE_HANDLERS": dict,
    "app:SERVICE_REGISTRY": dict,
    "core.router:SERVICE_PATTERNS": dict,
    "core.iam_actions:SERVICE_TO_IAM_NAMESPACE": dict,
    "services.cloudformation.handlers:_ACTION_HANDLERS": dict,
    "services.cloudformation.changesets:_IMPORT_LOOKUPS": dict,
    "services.cloudformation.custom_resource:_HOST": str,
    "services.cloudformation.wait_conditions:SIGNAL_PATH": str,
    "services.cloudformation.wait_conditions:_handles": dict,
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS": dict,
    "services.cloudformation.provisioners:_REPLACING_PROPERTIES": dict,
    "services.cloudformation.provisioners:_CUSTOM_NAME_REPLACEMENT": dict,
    "services.cloudformation.provisioners:_STACK_TAG_PROPERTY": dict,
    "services.cloudformation.drift:_DRIFT_READERS": dict,
    "services.ec2:_ACTION_MAP": dict,
    "services.ecs:_ACTION_MAP": dict,
    "core.container_reaper:INSTANCE_LABEL": str,
    "services.sts:_sessions": dict,
    "core.iam_evaluator:_POLICY_REQUIRED": frozenset,
}

STORES = [
    "services.cloudformation:_stacks",
    "services.cloudformation:_exports",
    "services.cloudformation:_stack_events",
    "services.cloudformation:_change_sets",
    "services.cloudwatch_logs:_log_groups",
    "services.cloudwatch_logs:_queries",
    "services.iam:_roles",
    "services.iam:_users",
    "services.iam:_user_inline_policies",
    "services.iam:_groups",
    "services.iam:_group_inline_policies",
    "services.kms:_aliases",
    "services.sns:_topics",
    "services.s3:_buckets",
    "services.s3:_bucket_encryption",
    "services.s3:_object_versions",
    "services.s3:_multipart_uploads",
    "services.s3:_bucket_versioning",
    "services.ecr:_repositories",
    "services.ecr:_images",
    "services.alb:_lbs",
    "services.alb:_tgs",
    "services.ecs:_services",
    "services.ecs:_clusters",
    "services.cloudwatch:_alarms",
    "services.eventbridge:_rules",
    "services.ecs:_task_defs",
    "services.ecs:_tasks",
    "services.ecs:_tags",
    "services.alb:_targets",
]


def _named(name: str) -> Any:
    module, _, member = name.partition(":")
    found = getattr(importlib.import_module(f"ministack.{module}"), member, None)
    assert found is not None, f"MiniStack has no {name} any more: the adapter local_aws/ministack must be changed."
    return found


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("ministack") == VERSION, (
        f"MiniStack is {version('ministack')}, and the adapter was written for {VERSION}: read what changed first."
    )


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_takes_what_the_adapter_gives(name: str) -> None:
    taken = " ".join(inspect.signature(_named(name)).parameters)
    assert taken == SIGNATURES[name], f"MiniStack's {name} takes ({taken}) now: the adapter must be changed."


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_of_its_kind(name: str) -> None:
    assert isinstance(_named(name), VALUES[name])


@pytest.mark.parametrize("name", STORES)
def test_a_store_keeps_by_account(name: str) -> None:
    assert type(_named(name)).__name__ in {"AccountRegionScopedDict", "AccountScopedDict"}
    assert isinstance(_named(name)._data, dict)  # noqa: SLF001 - it is what the adapter uses
