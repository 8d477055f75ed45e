"""The shapes that names in the settings may have, each with the documentation that says so."""

import re
from collections.abc import Sequence

from aws_facts import facts
from settings.toml_table import Shape

APPLICATION = Shape(
    re.compile("[a-z](?!.*--)[a-z0-9-]{0,30}[a-z0-9]"),
    "2 to 32 lower-case letters, digits and single dashes, a letter first",
)
"""It begins the names of stacks, roles and ECR repositories, so it has the narrowest of their alphabets."""

BRANCH = Shape(
    re.compile(r"(?!/)(?!.*(//|\.\.|@\{))[A-Za-z0-9._/-]{1,255}(?<![/.])"), "the name of a Git branch, such as prod"
)

SERVICE = Shape(
    re.compile("[a-z](?!.*--)[a-z0-9-]{0,26}[a-z0-9]"),
    "2 to 28 lower-case letters, digits and single dashes, a letter first",
)
"""An ECR repository takes lower case and single dashes only, and roles are named after their service.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

IMAGE_REPOSITORY = Shape(
    re.compile(r"(?=.{2,256}\Z)[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*"),
    "2 to 256 lower-case letters and digits, with single . _ - / between them",
)
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html"""

REPOSITORY_PATTERN = Shape(
    re.compile(r"(?=.{1,256}\Z)[a-z0-9*]+([._-][a-z0-9*]+)*(/[a-z0-9*]+([._-][a-z0-9*]+)*)*"),
    "the name of an image repository, with * for any characters",
)
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html"""

TASK_FAMILY = Shape(re.compile("[A-Za-z0-9_-]{1,255}"), "1 to 255 letters, digits, dashes and underscores")
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html"""

LOG_GROUP = Shape(
    re.compile("(?!aws/)[A-Za-z0-9._/#-]{1,512}"), "1 to 512 letters, digits and . _ / # -, not aws/ first"
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"""

CLUSTER = Shape(
    re.compile("[A-Za-z][A-Za-z0-9_-]{0,254}"), "1 to 255 letters, digits, dashes and underscores, a letter first"
)
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html"""

PIPELINE = Shape(re.compile("[A-Za-z0-9.@_-]{1,100}"), "1 to 100 letters, digits and the characters . @ - _")
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html"""

CONNECTION = Shape(re.compile("[A-Za-z0-9._/-]{1,32}"), "1 to 32 letters, digits and the characters . _ / -")
"""https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html"""

REPOSITORY = Shape(
    re.compile("[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}"), "a GitHub repository as owner/name"
)

BUILD_IMAGE = Shape(
    re.compile("[a-z0-9][A-Za-z0-9._/@:-]{2,254}"), "an image that CodeBuild has or can pull, as repository:tag"
)

FOLDER = Shape(
    re.compile(r"(?!.{201})(?!\.{1,2}(/|$))[A-Za-z0-9._-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9._-]+)*"),
    "a path below the repository's folder, such as apps/backend: names of letters, digits and . _ - alone, not . or ..,"
    " with / between them",
)

LICENCE = Shape(re.compile(r"[A-Za-z0-9][A-Za-z0-9.+() -]{0,99}"), "the name of a licence, such as Apache-2.0")
"""As an SBOM has it: an id of https://spdx.org/licenses/, or the last part of a classifier of Python packages."""

IMAGE_PATTERN = Shape(
    re.compile(r"[A-Za-z0-9._:/@*-]{1,255}"), "the name of an image as FROM has it, in which * stands for anything"
)

URL_PATH = Shape(re.compile("/[A-Za-z0-9._~/-]{0,200}"), "a path that begins with a slash")

PATH_PATTERN = Shape(
    re.compile(r"/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}"), "a path that begins with a slash and may hold * and ?"
)
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"""

_NEVER_GIVEN: Sequence[str] = facts("container_variables")["never"]

VARIABLE = Shape(
    re.compile(rf"(?!CODEBUILD_|({'|'.join(_NEVER_GIVEN)})\Z)[A-Z][A-Z0-9_]{{0,99}}"),
    "a variable in capitals that neither begins CODEBUILD_ nor is one that the image or ECS sets, or that hides the"
    f" credentials of the task's role: {', '.join(_NEVER_GIVEN)}",
)
"""https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"""

STACK = Shape(re.compile("[A-Za-z][A-Za-z0-9-]{0,127}"), "a stack's name: letters, digits and dashes, a letter first")

TAG = Shape(
    re.compile(r"(?!aws:|application\Z)[A-Za-z0-9_.:/=+@-]{1,128}", re.IGNORECASE),
    "a tag's name: 1 to 128 letters, digits and the characters _ . : / = + - @, neither application nor one of aws:",
)
"""https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html"""
TAG_VALUE = Shape(
    re.compile(r"[\w .:/=+@-]{0,256}"), "at most 256 letters, digits, spaces and the characters _ . : / = + - @"
)

REGION = Shape(re.compile("[a-z]{2}(-[a-z]+)+-[0-9]"), "a region such as ca-central-1")

ACCOUNT = Shape(re.compile("[0-9]{12}"), "an account id of 12 digits, in quotes")

FUNCTION = Shape(
    re.compile(
        r"(arn:aws[a-z-]*:lambda:[a-z0-9-]{1,32}:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}(:(\$LATEST|[A-Za-z0-9_-]{1,128}))?"
    ),
    "the name of a Lambda function, such as smoke-test or smoke-test:ALIAS, or its ARN",
)
"""https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

FUNCTION_NAME = Shape(re.compile("[A-Za-z0-9_-]{1,64}"), "the name of a Lambda function, such as is-frozen")

PROJECT = Shape(re.compile("[A-Za-z0-9][A-Za-z0-9_-]{1,149}"), "the name of a CodeBuild project, such as load-test")
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html"""

ROLE_ARN = Shape(
    re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}"),
    "the ARN of a role, such as arn:aws:iam::ACCOUNT:role/NAME",
)

ANY_TEXT = Shape(re.compile(r"[^\x00-\x08\x0b-\x1f]{0,4096}"), "a text of at most 4096 characters")

LINE = Shape(re.compile(r"[^\x00-\x1f]{1,200}"), "one line of 1 to 200 characters")

ENDPOINT = Shape(
    re.compile(
        "https?://[A-Za-z0-9.-]+"
        "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?/?"
    ),
    "an address such as http://127.0.0.1:4566, its port at most 65535",
)

DATABASE = Shape(
    re.compile("[a-z][a-z0-9_]{0,62}"), "1 to 63 lower-case letters, digits and underscores, a letter first"
)
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""

POSTGRESQL_VERSION = Shape(re.compile(r"1[5-9]\.[0-9]{1,2}"), "a version of PostgreSQL from 15 on, such as 17.9")

INSTANCE_CLASS = Shape(re.compile(r"db\.[a-z0-9]+\.[a-z0-9]+"), "a class of RDS instances, such as db.t4g.micro")

NETWORK = Shape(
    re.compile(
        r"10\.(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.0\.0/16|172\.(1[6-9]|2[0-9]|3[01])\.0\.0/16|192\.168\.0\.0/16"
    ),
    "a private /16 network such as 10.0.0.0/16",
)
