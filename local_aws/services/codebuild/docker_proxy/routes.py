"""Which requests of a build the engine gets to see, and by which rule; what is not listed is refused."""

import re
from collections.abc import Callable

from local_aws.services.codebuild.docker_proxy.allowed import RefusedError
from local_aws.services.codebuild.docker_proxy.images import IMAGE
from local_aws.services.codebuild.docker_proxy.messages import Request
from local_aws.services.codebuild.docker_proxy.rules import Answer, Rules

MALFORMED, FORBIDDEN = 400, 403
Rule = Callable[..., Request | Answer]
NAME = r"([A-Za-z0-9][A-Za-z0-9_.-]*)"
READS, POST = "GET|HEAD", "POST"
OF_CONTAINERS = (
    (READS, "json|logs|top|stats|changes|export|archive"),
    (POST, "start|stop|restart|kill|rename|pause|unpause|resize|wait"),
    ("PUT", "archive"),
)
ROUTES: tuple[tuple[str, str, Rule], ...] = (
    (READS, "/_ping|/version|/info", Rules.forward),
    (POST, "/auth|/build/cancel", Rules.forward),
    (POST, "/session|/grpc", Rules.switch),
    (READS, rf"/distribution/{IMAGE.pattern}/json|/images/json|/images/search|/images/get", Rules.forward),
    (READS, rf"/images/{IMAGE.pattern}/(?:json|history|get)", Rules.forward),
    (POST, rf"/images/load|/images/{IMAGE.pattern}/push", Rules.forward),
    (POST, "/images/create", Rules.pull),
    (POST, rf"/images/({IMAGE.pattern})/tag", Rules.tag),
    ("DELETE", rf"/images/({IMAGE.pattern})", Rules.remove_image),
    (POST, "/images/prune|/build/prune", Rules.prune_nothing),
    (POST, "/build", Rules.build),
    (POST, "/commit", Rules.commit),
    (READS, "/events|/containers/json|/networks|/volumes", Rules.listed),
    (POST, "/(?:containers|networks|volumes)/prune", Rules.listed),
    (POST, "/containers/create", Rules.create_container),
    *((method, rf"/containers/{NAME}/(?:{what})", Rules.of_container) for method, what in OF_CONTAINERS),
    (POST, rf"/containers/{NAME}/attach", Rules.attach),
    (POST, rf"/containers/{NAME}/exec", Rules.create_execution),
    ("DELETE", rf"/containers/{NAME}", Rules.of_container),
    ("GET|POST", rf"/exec/{NAME}/(?:start|resize|json)", Rules.of_execution),
    (POST, "/networks/create", Rules.create_network),
    (POST, rf"/networks/{NAME}/(?:connect|disconnect)", Rules.connect),
    ("GET|DELETE", rf"/networks/{NAME}", Rules.of_network),
    (POST, "/volumes/create", Rules.create_volume),
    ("GET|DELETE", rf"/volumes/{NAME}", Rules.of_volume),
)
_BY_PATTERN = [(re.compile(method), re.compile(rf"\A(?:{path})"), rule) for method, path, rule in ROUTES]


def judge(rules: Rules, request: Request) -> Request | Answer:
    """Return what the engine gets to see, or the answer in its place."""
    for method, path, rule in _BY_PATTERN:
        match = path.fullmatch(request.path)
        if match and method.fullmatch(request.method):
            try:
                return rule(rules, request, *match.groups())
            except RefusedError as error:
                return Answer(FORBIDDEN, f"{error} (the local AWS confines builds)")
            except (AttributeError, TypeError, ValueError):
                return Answer(MALFORMED, "a member of the request is not of the type that it must have")
    return Answer(FORBIDDEN, f"{request.method} {request.path} is not for builds (the local AWS confines them)")
