"""Service deployments within MiniStack: each roll-out from its begin to its end, kept with its service.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
"""

import threading
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecs

from local_aws.ministack.adapter import Answer
from local_aws.ministack.ecs.rollouts import hooks
from local_aws.ministack.ecs.rollouts.progress import configuration_of, deployment_arn, revision_arn, stage_of
from local_aws.services.ecs.rollouts.steps import ALL, CLEAN_UP, alarm_names

_KEPT, _MOST = "_service_deployments", 50
_ROLLED_BACK, _FAILED = "Service deployment rolled back", "Service deployment failed"
_BY_ALARM = "because of alarm detected: "
_BY_BREAKER = "because the circuit breaker threshold was exceeded."
_REPLACED = "Service deployment stopped because a newer service deployment took its place."

Record = dict[str, Any]

changed = threading.Condition()
"""Notified when anything of a service may have changed."""


def remember_service_deployments() -> None:
    """Keep every roll-out of each service, and answer what clients ask of them; call it before others drop any."""
    refresh = ecs._refresh_service_state

    def refresh_service_state(cluster_name: str, group: str) -> None:
        refresh(cluster_name, group)
        service = ecs._services.get(f"{cluster_name}/{group.partition(':')[2]}")
        if service is not None:
            _note(service)
        with changed:
            changed.notify_all()

    ecs._refresh_service_state = refresh_service_state
    ecs._ACTION_MAP["ListServiceDeployments"] = _list
    ecs._ACTION_MAP["DescribeServiceDeployments"] = _describe


def failure_of(service: Mapping[str, Any], deployment: str) -> str:
    """Return why a deployment of the service was given up, by the deployment's id; empty where it was not."""
    return next((str(record.get("failure", "")) for record in service.get(_KEPT, ()) if record["id"] == deployment), "")


def _note(service: Record) -> None:
    """Bring the records of a service, the newest first, to what its deployments say."""
    records: list[Record] = service.setdefault(_KEPT, [])
    known = {record["id"] for record in records}
    for deployment in reversed(service["deployments"]):
        if deployment["id"] not in known:
            records.insert(0, _begun(service, deployment))
    del records[_MOST:]
    deployments = {one["id"]: one for one in service["deployments"]}
    primary = ecs._primary_deployment(service) or {}
    for record in records:
        if not record["finished"]:
            _advance(record, deployments.get(record["id"]), primary)


def _begun(service: Record, deployment: Record) -> Record:
    return {
        "id": deployment["id"],
        "definition": deployment["taskDefinition"],
        "desired": service.get("desiredCount", 0),
        "created": time.time(),
        "finished": 0.0,
        "status": "IN_PROGRESS",
        "reason": "",
        "failure": "",
        "failed": 0,
        "back_to": "",
        "back_since": 0.0,
    }


def _advance(record: Record, deployment: Record | None, primary: Record) -> None:
    state = (deployment or {}).get("rolloutState")
    record["failed"] = (deployment or record).get("failedTasks", record["failed"])
    if record["back_to"]:
        if primary.get("id") != record["back_to"]:
            _end(record, "STOPPED", f"{_FAILED} {record['failure']}")
        elif primary.get("rolloutState") == "COMPLETED":
            _end(record, "ROLLBACK_SUCCESSFUL", f"{_ROLLED_BACK} {record['failure']}")
    elif state == "FAILED":
        reason = str((deployment or {}).get("rolloutStateReason"))
        record["failure"] = _BY_BREAKER if "circuit breaker" in reason else f"because of {reason}"
        if primary.get("id") == record["id"]:
            _end(record, "STOPPED", f"{_FAILED} {record['failure']}")
        else:
            reason = f"{_ROLLED_BACK} {record['failure']}"
            record.update(
                status="ROLLBACK_IN_PROGRESS", reason=reason, back_to=primary.get("id"), back_since=time.time()
            )
    elif state == "COMPLETED":
        _end(record, "SUCCESSFUL", "")
    elif primary.get("id") != record["id"]:
        _end(record, "STOPPED", _REPLACED)


def _end(record: Record, status: str, reason: str) -> None:
    record.update(status=status, reason=reason, finished=time.time())


def _list(data: Mapping[str, Any]) -> Answer:
    """Answer ListServiceDeployments, the newest first."""
    name, own_cluster = ecs._resolve_service_ref(data.get("service", "")) or ("", None)
    cluster = own_cluster or ecs._resolve_cluster_name(data.get("cluster", "default"))
    if cluster not in ecs._clusters:
        return refused("ClusterNotFoundException", "Cluster not found.")
    service = ecs._services.get(f"{cluster}/{name}")
    if service is None:
        return refused("ServiceNotFoundException", "Service not found.")
    wanted = data.get("status") or ()
    found = [_brief(service, one) for one in service.get(_KEPT, ()) if not wanted or one["status"] in wanted]
    begin, size = int(data.get("nextToken") or 0), int(data.get("maxResults") or 100)
    token = {"nextToken": str(begin + size)} if begin + size < len(found) else {}
    answer: Answer = json_response({"serviceDeployments": found[begin : begin + size], **token})
    return answer


def find(arn: str) -> tuple[Record, Record] | None:
    """Return a service, and what is kept of one of its deployments, by the service deployment's ARN."""
    return _by_arn().get(arn)


def described(service: Record, deployment: str) -> Record | None:
    """Return a deployment of a service as DescribeServiceDeployments has it, by the deployment's id; None for none."""
    return next((_whole(service, record) for record in _kept(service) if record["id"] == deployment), None)


def _by_arn() -> dict[str, tuple[Record, Record]]:
    return {
        deployment_arn(service, one["id"]): (service, one)
        for service in ecs._services.values()
        for one in _kept(service)
    }


def _describe(data: Mapping[str, Any]) -> Answer:
    by_arn = _by_arn()
    arns = data.get("serviceDeploymentArns") or []
    answer: Answer = json_response(
        {
            "serviceDeployments": [_whole(*by_arn[arn]) for arn in arns if arn in by_arn],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in by_arn],
        }
    )
    return answer


def _kept(service: Record) -> Iterable[Record]:
    return list(service.get(_KEPT, ()))


def refused(code: str, message: str) -> Answer:
    """Answer a request that is refused."""
    answer: Answer = error_response_json(code, message, int(HTTPStatus.BAD_REQUEST))
    return answer


def _brief(service: Record, record: Record) -> Record:
    return {
        "serviceDeploymentArn": deployment_arn(service, record["id"]),
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "createdAt": record["created"],
        "startedAt": record["created"],
        "status": record["status"],
        "targetServiceRevisionArn": revision_arn(service, record["id"]),
        **({"statusReason": record["reason"]} if record["reason"] else {}),
        **({"finishedAt": record["finished"]} if record["finished"] else {}),
    }


def _whole(service: Record, record: Record) -> Record:
    breaker = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    watching = "MONITORING_COMPLETE" if record["finished"] else "MONITORING"
    by_breaker = record.get("failure") == _BY_BREAKER
    state = "TRIGGERED" if by_breaker else watching if breaker.get("enable") else "DISABLED"
    back = {
        "reason": record["reason"],
        "startedAt": record["back_since"],
        "serviceRevisionArn": revision_arn(service, record["back_to"]),
    }
    configuration = configuration_of(service)
    brief = _brief(service, record)
    brief.pop("targetServiceRevisionArn")
    stage, share = _progress(service, record)
    sources = [
        one for one in service["deployments"] if one["id"] != record["id"] and one.get("rolloutState") == "COMPLETED"
    ]
    alarms, by_alarm = alarm_names(configuration), str(record.get("failure", "")).startswith(_BY_ALARM)
    return {
        **brief,
        "updatedAt": record["finished"] or record["created"],
        "lifecycleStage": stage,
        "lifecycleHookDetails": hooks.shown(_deployment(service, record)),
        "sourceServiceRevisions": [_weighted(service, one["id"], one["runningCount"], 100 - share) for one in sources],
        "targetServiceRevision": _weighted(service, record["id"], record["desired"], share),
        "deploymentConfiguration": configuration,
        "alarms": {
            "status": "TRIGGERED" if by_alarm else watching if alarms else "DISABLED",
            "alarmNames": list(alarms),
            "triggeredAlarmNames": record["failure"][len(_BY_ALARM) : -1].split(", ") if by_alarm else [],
        },
        "deploymentCircuitBreaker": {
            "status": state,
            "failureCount": record["failed"],
            "threshold": ecs._circuit_breaker_threshold(service),
        },
        **({"rollback": back} if record["back_to"] else {}),
    }


def _progress(service: Record, record: Record) -> tuple[str, float]:
    """Return the lifecycle stage, and the share of traffic: of a deployment that ended, all or none."""
    deployment = _deployment(service, record)
    if record["finished"] or record["back_to"] or deployment is None:
        return CLEAN_UP, ALL if record["status"] == "SUCCESSFUL" else 0.0
    return stage_of(service, deployment)


def _deployment(service: Record, record: Record) -> Record | None:
    return next((one for one in service["deployments"] if one["id"] == record["id"]), None)


def _weighted(service: Record, deployment: str, tasks: int, share: float) -> Record:
    return {
        "arn": revision_arn(service, deployment),
        "requestedTaskCount": tasks,
        "requestedProductionTrafficWeight": share,
    }
