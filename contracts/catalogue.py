"""What each contract is about, for the page that explains every finding."""

from reporting.findings import RuleText

CONTRACTS = (
    RuleText(
        "E9601",
        "What a stack imports is exported",
        "A change set with an Fn::ImportValue that no stack exports fails when it is executed, after other resources "
        "were made.",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html",
    ),
    RuleText(
        "E9602",
        "The buildspec of a project lies in the repository",
        "A project takes any path; the build ends in DOWNLOAD_SOURCE with YAML_FILE_ERROR when nothing lies there.",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html",
    ),
    RuleText(
        "E9603",
        "A principal has the permissions that it needs",
        "What a pipeline's actions, a build's buildspec and commands, the start of a task, a rule's target and a "
        "deployment do is known before they run, and so are the roles that they run under. A right that is missing "
        "ends a release in the middle: ssm:GetParameters in DOWNLOAD_SOURCE, ecr:GetAuthorizationToken before a login, "
        "ecr:PutImage in EOF. In a template that stands alone, what a parameter, a policy that is not read or another "
        "template may grant is not reported.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html",
    ),
    RuleText(
        "E9604",
        "A role lets its service in",
        "A role whose trust policy does not name the service, or names it under conditions that its calls do not meet, "
        "can't be assumed.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
    ),
    RuleText(
        "E9605",
        "What is read from Parameter Store is put there",
        "A parameter that does not exist ends a build in DOWNLOAD_SOURCE, and keeps a task from starting.",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.parameter-store",
    ),
    RuleText(
        "E9606",
        "An artifact holds what the next action takes",
        "An action with an output artifact fails when its buildspec makes none; a deploy action fails when the file "
        "that it takes is not in it.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html",
    ),
    RuleText(
        "E9607",
        "Containers are called the same everywhere",
        "The load balancer's entry of a service and the file that the build writes name a container of the task "
        "definition; ECS refuses any other name.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#pipelines-create-image-definitions",
    ),
    RuleText(
        "E9608",
        "The service listens where requests are sent",
        "Load balancer, task definition, Dockerfile and the server's configuration each say a port; where they differ, "
        "no task ever becomes healthy, and the deployment is rolled back after its time is over.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
    ),
    RuleText(
        "E9609",
        "The service answers what it is asked for its health",
        "A path that no code answers returns 404, and the target group considers the task unhealthy; a script that the "
        "image lacks does the same to the container.",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ),
    RuleText(
        "E9610",
        "Builds push to a repository that is there",
        "A push to a repository that does not exist is retried layer by layer and ends in EOF.",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html",
    ),
    RuleText(
        "E9611",
        "Builds that need Docker are privileged",
        "CodeBuild starts a Docker daemon in privileged builds alone.",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html#troubleshooting-cannot-connect-to-docker-daemon",
    ),
    RuleText(
        "E9612",
        "The scripts that a buildspec calls lie in the repository",
        "A path of which the repository has no file ends the build with exit code 127, after what comes before it is "
        "done.",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html",
    ),
    RuleText(
        "E9613",
        "A pipeline's roles reach its own artifacts alone",
        "Pipelines share a bucket, and CodePipeline puts the artifacts of each below the first 20 characters of its "
        "name. A role that may write to the whole bucket can overwrite the image definitions that another service is "
        "about to be deployed from.",
        "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html",
    ),
    RuleText(
        "W9614",
        "A principal has the permissions that it needs in most cases",
        "Some rights are asked for only where a bucket keeps versions, a task definition has tags or roles, a log "
        "group is not there yet, or a build has reports. The services' guides have them in the roles that they show.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html",
    ),
    RuleText(
        "W9615",
        "The first tasks find their image",
        "A repository that a stack makes is empty. A service that starts tasks of a tag which its builds never push "
        "does not become stable, and the stack waits for it for hours before it is rolled back.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html",
    ),
    RuleText(
        "W9616",
        "Tasks on Fargate have a way to their registry",
        "A task without a public address uses no internet gateway; without a NAT gateway or VPC endpoints it can "
        "neither pull its image nor read its secrets nor send its logs, and never starts.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    ),
    RuleText(
        "W9617",
        "An image is built for the processor that it runs on",
        "An image that is built without a platform is for the processor of the build's host; a task of another "
        "CpuArchitecture ends with exec format error, or is not started.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
    ),
    RuleText(
        "W9618",
        "An action that deploys a template names capabilities",
        "CloudFormation refuses a template that makes resources of IAM, or uses macros, unless the action acknowledges "
        "it in Capabilities.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html",
    ),
    RuleText(
        "W9619",
        "What a build hands on to another account is under the pipeline's key",
        "A project without EncryptionKey encrypts its artifacts under the key that AWS manages for S3, which no other "
        "account can use; the action there ends in Access Denied.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html",
    ),
    RuleText(
        "W9620",
        "A tag of an immutable repository is pushed once",
        "With ImageTagMutability IMMUTABLE a tag can't be pushed a second time, so a build that always pushes the same "
        "one works once.",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
    ),
    RuleText(
        "W9621",
        "A rule starts a pipeline at pushes to its branch",
        "A rule on pushes to CodeCommit that names another branch than the pipeline's source action starts it when "
        "nothing is new, and not when something is.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html",
    ),
    RuleText(
        "W9622",
        "A health check's program is in the image",
        "ECS runs the health check inside the container. The small variants of official images have neither curl nor "
        "wget; the check then fails like one that the service does not answer.",
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
    ),
    RuleText(
        "W9623",
        "What an image is built of is in the repository",
        "docker build fails where the Dockerfile or a file that it copies is not in the folder that it is given, and "
        "docker compose where its file is not. This is judged up to the first command that may make files.",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html",
    ),
    RuleText(
        "W9624",
        "A task definition has the place that its image is put into",
        "The action CodeDeployToECS replaces <IMAGE1_NAME>, or what Image1ContainerName says, in the task definition. "
        "Where it has neither, every deployment starts the image that is written there.",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html",
    ),
    RuleText(
        "W9625",
        "A scanner runs under a role that can't push",
        "A scanner reads what somebody else wrote, and often runs code of it. Under the role of the build that pushes, "
        "it could replace the image that was scanned.",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/devsecops-in-a-ci-cd-pipeline/welcome.html",
    ),
    RuleText(
        "W9626",
        "A build waits for scans of the kind that the registry makes",
        "aws ecr wait image-scan-complete waits for the status COMPLETE of basic scanning. With enhanced scanning an "
        "image is scanned again and again, and the status is ACTIVE.",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html",
    ),
    RuleText(
        "E9627",
        "An AppSpec file sends requests to a container of the task definition",
        "CodeDeploy makes a task set whose load balancer names the container of the AppSpec file; ECS refuses one that "
        "the task definition does not have.",
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html",
    ),
    RuleText(
        "E9628",
        "A task gets the variables without which its service does not start",
        "A Python service that takes a variable by os.environ[...] while it is loaded ends with KeyError where the "
        "container has none of that name; its tasks are started again and again until the circuit breaker fires. "
        "Judged is what the Dockerfile's command loads, on Docker's image of Python, and what is read whatever "
        "happens.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
    ),
    RuleText(
        "E9629",
        "A rule's target has the role that it is called under",
        "EventBridge calls pipelines, builds, tasks, jobs, state machines and streams under a role that the target "
        "names; PutTargets refuses one without.",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html#eb-target-permissions",
    ),
)

RULES = {rule.id: rule for rule in CONTRACTS}
"""The same by id."""
