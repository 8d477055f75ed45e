"""What each rule about AppSpec files is about."""

from dataclasses import dataclass

PAGE = "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure"


@dataclass(frozen=True)
class AppSpecRule:
    """``shortdesc`` in one line, ``description`` says why, ``source_url`` is AWS's page."""

    id: str
    shortdesc: str
    description: str
    source_url: str


NOT_YAML = AppSpecRule(
    "E9801",
    "An AppSpec file is a mapping in YAML or JSON",
    "CodeDeploy refuses an AppSpec file that it can't parse, and the deployment fails before it begins.",
    f"{PAGE}.html",
)
WRONG_VERSION = AppSpecRule(
    "E9802",
    "An AppSpec file has the version 0.0",
    "CodeDeploy knows the version 0.0 alone, and refuses an AppSpec file without it.",
    f"{PAGE}.html",
)
UNKNOWN_KEY = AppSpecRule(
    "E9803",
    "An AppSpec file has sections of its platform only",
    "Servers take os, files, permissions and hooks; ECS and Lambda take Resources and Hooks. Anything else is misspelt "
    "or belongs to the other platform, and the deployment fails.",
    f"{PAGE}.html",
)
WRONG_RESOURCE = AppSpecRule(
    "E9804",
    "The resource of an AppSpec file has the type and properties that CodeDeploy needs",
    "A deployment to ECS needs the task definition, and the container and port that the load balancer sends requests "
    "to; one to Lambda the function, its alias and two versions. Without them it fails.",
    f"{PAGE}-resources.html",
)
UNKNOWN_HOOK = AppSpecRule(
    "E9805",
    "A hook of an AppSpec file is an event of its platform",
    "Each platform has lifecycle events of its own. CodeDeploy refuses a hook of another, and of an event that "
    "scripts can't be run in.",
    f"{PAGE}-hooks.html",
)
RULES = (NOT_YAML, WRONG_VERSION, UNKNOWN_KEY, WRONG_RESOURCE, UNKNOWN_HOOK)
