"""Which of its group's targets a request goes to, and that its answer is counted."""

import json
import random
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ministack.core import responses
from ministack.services import alb

from local_aws.ministack.adapter import Answer
from local_aws.ministack.ecs.published_ports import reached_at
from local_aws.ministack.load_balancing.counting import Counting
from local_aws.services.ecs.forwarding import Request, forward


def try_other_targets(counting: Counting) -> None:
    """Have a request that a target does not take go to another one of its group."""

    async def proxy_http_target(  # noqa: PLR0913, PLR0917 - MiniStack's own signature
        target: Mapping[str, Any],
        group: Mapping[str, Any],
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
        raw_query: str | None = None,
    ) -> Answer:
        others = [one for one in alb._targets.get(group["TargetGroupArn"], []) if one != target]
        random.shuffle(others)
        asked = urlencode(query, doseq=True) if raw_query is None else raw_query
        request = Request(method, f"{path}?{asked}" if asked else path, headers, body)
        port = group.get("Port") or 80
        began = time.monotonic()
        places = [reached_at(str(one["Id"]), int(one.get("Port") or port)) for one in [target, *others]]
        answer = await forward(places, request)
        status = None if isinstance(answer, str) else answer[0]
        counting.of_target(group["TargetGroupArn"], status, time.monotonic() - began)
        if isinstance(answer, str):
            return 502, {"Content-Type": "application/json"}, json.dumps({"message": answer}).encode()
        _status, shown, pass_on = answer
        return answer[0], shown, responses.StreamingResponse(pass_on)  # type: ignore[return-value] # MiniStack takes a stream for a body

    alb._proxy_http_target = proxy_http_target
