"""What each rule about AppSpec files is about."""

from reporting.findings import RuleText

PAGE = "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure"


NOT_YAML = RuleText(
    "E9801",
    "An AppSpec file is a mapping in YAML or JSON",
    "CodeDeploy refuses an AppSpec file that it can't parse, and the deployment fails before it begins.",
    f"{PAGE}.html",
)
WRONG_VERSION = RuleText(
    "E9802",
    "An AppSpec file has the version 0.0",
    "CodeDeploy knows the version 0.0 alone, and refuses an AppSpec file without it.",
    f"{PAGE}.html",
)
UNKNOWN_KEY = RuleText(
    "E9803",
    "An AppSpec file has sections of its platform only",
    "Servers take os, files, permissions and hooks; ECS and Lambda take Resources and Hooks. Anything else is misspelt "
    "or belongs to the other platform, and the deployment fails.",
    f"{PAGE}.html",
)
WRONG_RESOURCE = RuleText(
    "E9804",
    "The resource of an AppSpec file has the type and properties that CodeDeploy needs",
    "A deployment to ECS needs the task definition, and the container and port that the load balancer sends requests "
    "to; one to Lambda the function, its alias and two versions. Without them it fails.",
    f"{PAGE}-resources.html",
)
UNKNOWN_HOOK = RuleText(
    "E9805",
    "A hook of an AppSpec file is an event of its platform",
    "Each platform has lifecycle events of its own. CodeDeploy refuses a hook of another, and of an event that "
    "scripts can't be run in.",
    f"{PAGE}-hooks.html",
)
RULES = (NOT_YAML, WRONG_VERSION, UNKNOWN_KEY, WRONG_RESOURCE, UNKNOWN_HOOK)
