"""Which service gets a request that several would take: the priorities of their rules at the load balancer.

A priority follows from the service's own name and paths, so that it stays what it is when services are reordered, added
or removed: two rules that exchanged their priorities in one deployment would each find its new one in use.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from settings.path_patterns import covers, literals, takes
from settings.service import Service
from settings.validation_errors import ValidationErrors

_BANDS = 32
_NUMBERS = 1559
"""How many priorities a band has: a prime, so that names which end in numbers spread over it.

All bands together end below the 50000 that a rule may have.
"""


def with_priorities(services: Sequence[Service]) -> tuple[Service, ...]:
    """Return ``services``, in their order, each with the priority that it writes out or the one that its name makes.

    Services whose paths name more characters come before those that name fewer: ``/api/*`` before ``/*``. Where two
    names make the same priority, the later one in the alphabet takes the next that is free.
    """
    taken = {one.priority: one.name for one in services if one.priority}
    for one in sorted((one for one in services if not one.priority), key=lambda one: one.name):
        taken[next(number for number in _candidates(one) if number not in taken)] = one.name
    numbers = {name: number for number, name in taken.items()}
    return tuple(replace(one, priority=numbers.get(one.name, one.priority)) for one in services)


def _candidates(service: Service) -> Iterator[int]:
    """Return the priorities that a service may have, the best first."""
    named = min((literals(pattern) for pattern in service.path_patterns), default=0)
    band = _BANDS - 1 - min(named, _BANDS - 1)
    # The band changes the number within it, too: two services that exchange their paths don't exchange priorities.
    first = int.from_bytes(service.name.encode()) * (band + 1)
    return (1 + band * _NUMBERS + (first + step) % _NUMBERS for step in range(_NUMBERS))


def in_order(services: Sequence[Service]) -> list[Service]:
    """Return ``services`` in the order in which their rules are tried."""
    return sorted(services, key=lambda one: one.priority)


def reaches(services: Sequence[Service], service: Service) -> bool:
    """Check whether a request for the service's health check, sent to the load balancer, gets to ``service``."""
    path = service.health_check_path
    first = (one for one in in_order(services) if any(takes(pattern, path) for pattern in one.path_patterns))
    return next(first, None) == service


def refuse_shadowed(errors: ValidationErrors, services: Sequence[Service]) -> None:
    """Refuse each path of a service that never gets a request, since the rule of another takes it before."""
    for first, second in combinations(in_order(services), 2):
        for path in second.path_patterns:
            taken = next((one for one in first.path_patterns if covers(one, path)), None)
            if taken is not None:
                found = (
                    f"{path!r} of {second.name}, which {taken!r} of {first.name} takes first "
                    f"(priority {first.priority} before {second.priority})"
                )
                allowed = (
                    "paths that no other service takes first: change one of the two, or write out `priority`, of which "
                    "the lowest is tried first"
                )
                errors.add("services", "path_patterns", found, allowed)
