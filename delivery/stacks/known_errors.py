"""What to do about the usual causes of a failed deployment. A table: the first pattern that fits gives the hint."""

import re
from dataclasses import dataclass

_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@dataclass(frozen=True)
class Hint:
    """A cause known by its words. ``pattern`` is searched in the reason; ``source`` is the page that tells more."""

    pattern: str
    says: str
    source: str


HINTS = (
    Hint(
        r"already exists|AlreadyExists|already been taken|ResourceExistenceCheck|already owned|"
        r"name .{0,200} not available",
        "A resource of this name is in the account already, perhaps kept from an earlier stack. Take it into this "
        "stack with `bin/deploy --import-existing` (its template must retain it), or remove it if nobody needs it; if "
        "another stack owns it, change the name in the settings.",
        f"{_GUIDE}/import-resources-automatically.html",
    ),
    Hint(
        r"[Cc]onnection .{0,200}(not available|PENDING|pending)|is not in (the )?AVAILABLE",
        "The connection to GitHub is not finished: open it in the console, finish it, and deploy again.",
        "https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html",
    ),
    Hint(
        r"[Ss]ervice-linked role|AWSServiceRoleFor",
        "The account lacks the service's own role. It is usually made by the first try: deploy again; otherwise "
        "make it with `aws iam create-service-linked-role`.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/create-service-linked-role.html",
    ),
    Hint(
        r"cannot be assumed|not authorized to perform: sts:AssumeRole|[Ii]nvalid principal|trust (policy|relationship)",
        "A role can't be assumed by the service that needs it. A role made a moment ago may not have reached all of "
        "AWS yet: deploy again; if it fails again, look at the role's trust policy.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html",
    ),
    Hint(
        r"iam:PassRole",
        "Whoever deploys may not hand this role to the service: allow iam:PassRole on that role to these credentials.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    ),
    Hint(
        r"AccessDenied|Access Denied|not authorized|UnauthorizedOperation|explicit deny|no identity-based policy",
        "The credentials that deploy lack a right, or a policy of the organisation forbids it: the reason names the "
        "action and the resource; have it allowed, then deploy again.",
        f"{_GUIDE}/control-access-with-iam.html",
    ),
    Hint(
        r"ExpiredToken|security token .{0,200}expired|token included in the request is (expired|invalid)",
        "The credentials ended while AWS was at work: log in again, then deploy again.",
        f"{_GUIDE}/troubleshooting.html",
    ),
    Hint(
        r"[Ll]imit ?Exceeded|limit exceeded|quota|maximum number of|AddressLimitExceeded|TooMany",
        "A quota of the account is used up: remove what is not needed, or ask for more under Service Quotas.",
        "https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html",
    ),
    Hint(
        r"circuit breaker|did not stabilize|failed to stabilize|ECS Deployment|Exceeded attempts to wait|unhealthy",
        "The new tasks did not get healthy: read the stopped reason of the tasks (`aws ecs describe-tasks`) and the "
        "service's log group, and check its secrets with `bin/secret list`.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
    ),
    Hint(
        r"CannotPullContainer|image .{0,200}(not found|does not exist)|ImageNotFound|manifest unknown",
        "The image that the task definition names is not in the registry: release one first with `make release`.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html",
    ),
    Hint(
        r"No export named",
        "The stack that exports this value is not deployed, or not with that output: deploy all stacks, in order, "
        "with `bin/deploy` without --stack.",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
    Hint(
        r"Export .{0,200} cannot be (deleted|updated|removed)|in use by",
        "Another stack imports this value: first deploy that stack without the import, or destroy it.",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
    Hint(
        r"BucketNotEmpty|bucket .{0,200}not empty|RepositoryNotEmpty|still contains images|contains images",
        "AWS deletes only what is empty: empty it first, or retain it in the template.",
        f"{_GUIDE}/troubleshooting.html",
    ),
    Hint(
        r"DependencyViolation|has a dependent object|has dependencies|in use and cannot be deleted|currently in use",
        "Something outside the stack still uses it: find it in the console, remove it, and run this again.",
        f"{_GUIDE}/troubleshooting.html",
    ),
    Hint(
        r"[Tt]ermination [Pp]rotection|[Dd]eletion [Pp]rotection|DeleteConflict",
        "The resource is protected, or something is still attached to it: take that away first.",
        f"{_GUIDE}/using-cfn-protect-stacks.html",
    ),
    Hint(
        r"PendingDeletion|pending deletion|KMSInvalidState|is disabled|key .{0,200}(not found|does not exist)",
        "The KMS key is disabled or about to be deleted: cancel its deletion (`aws kms cancel-key-deletion`) and "
        "enable it, or give the template another key.",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
    ),
    Hint(
        r"Unable to fetch parameters|ParameterNotFound|SSM Secure|SecretsManager|can't find the specified secret",
        "A parameter or secret that the template names is not there: look with `bin/secret list`, put it with "
        "`bin/secret put`.",
        f"{_GUIDE}/dynamic-references.html",
    ),
    Hint(
        r"Throttling|Rate exceeded|RequestLimitExceeded|SlowDown|ServiceUnavailable|Internal ?([Ee]rror|[Ff]ailure)",
        "AWS was overloaded or failed within: wait a minute and deploy again.",
        f"{_GUIDE}/troubleshooting.html",
    ),
    Hint(
        r"WaitCondition|timed out|Timed out|[Tt]imeout|time limit",
        "What was waited for did not happen in time: look at the resource itself in the console, then deploy again.",
        f"{_GUIDE}/troubleshooting.html",
    ),
    Hint(
        r"[Hh]ook",
        "A hook of this account refused the resource: its message names the rule; ask whoever keeps the hooks.",
        f"{_GUIDE}/hooks-concepts.html",
    ),
    Hint(
        r"[Uu]nsupported resource type|Unrecognized resource type|not supported in this region|is not available in",
        "This AWS, or this region of it, does not have that type of resource: deploy elsewhere or leave it out.",
        f"{_GUIDE}/troubleshooting.html",
    ),
    Hint(
        r"Properties validation failed|[Uu]nsupported property|Model validation failed|ValidationException|[Ii]nvalid"
        r"|must be|failed to satisfy|[Mm]alformed",
        "AWS does not take a value of this resource: the reason names it; correct the setting or the template, check "
        "with `make templates`, and deploy again.",
        f"{_GUIDE}/troubleshooting.html",
    ),
)
"""Special causes stand before general ones."""
_BY_PATTERN = [(re.compile(hint.pattern), hint) for hint in HINTS]

OTHERWISE = Hint(
    "",
    "The reason is AWS's own; the resource's page in the console, and CloudTrail's event history, tell more.",
    f"{_GUIDE}/troubleshooting.html",
)


def find(reason: str) -> Hint:
    """Give the hint for a failure's reason, as CloudFormation words it."""
    return next((hint for pattern, hint in _BY_PATTERN if pattern.search(reason)), OTHERWISE)
