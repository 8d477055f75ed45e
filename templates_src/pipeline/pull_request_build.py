"""Makes the CodeBuild project that tests pull requests, if it is wanted, with its role and its log group.

GitHub starts it. It needs the connection and the values in Parameter Store.
Look at the policy for forks: nobody's fork is built before somebody who may push here asks for it.
"""

from troposphere import AWSObject, codebuild

from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.pipeline import builds
from templates_src.pipeline.build_actions import Source


def pull_request_build(project: Project, service: Service, source: Source) -> list[AWSObject]:
    """Make the project that tests pull requests, with its log group and role; none if it is not wanted."""
    if not service.delivered.tests_pull_requests:
        return []
    name = f"{project.application}-{service.name}-pull-request"
    log_group = builds.log_group("PullRequest", name, project, source)
    statements = [
        permissions.write_logs(arns.log_streams(log_group.LogGroupName)),
        permissions.clone_through_connection(source.connection_arn),
        *builds.reading(project, service, [parameter.name for parameter in service.parameters]),
        permissions.write_reports(arns.report_groups(name), coverage=service.delivered.test.coverage),
    ]
    role = builds.build_role(
        "PullRequest", name, f"What the tests of pull requests of {service.name} may do", statements
    )
    build = codebuild.Project(
        "PullRequestProject",
        Name=name,
        Description=f"Runs the tests of {service.name} on every pull request",
        BadgeEnabled=True,
        Source=codebuild.Source(
            Type="GITHUB",
            Location=f"https://github.com/{project.repository.full_name}.git",
            GitCloneDepth=1,
            ReportBuildStatus=True,
            BuildSpec=service.delivered.test.buildspec,
        ),
        Artifacts=codebuild.Artifacts(Type="NO_ARTIFACTS"),
        Triggers=_on_pull_requests(service),
        **builds.common(project, service.delivered.test, role, log_group, {}),
    )
    build.Source.properties["Auth"] = {"Type": "CODECONNECTIONS", "Resource": source.connection_arn}
    return [log_group, role, build]


def _on_pull_requests(service: Service) -> codebuild.ProjectTriggers:
    events = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED, PULL_REQUEST_MERGED"
    filters = [
        codebuild.WebhookFilter(Type="EVENT", Pattern=events),
        codebuild.WebhookFilter(Type="FILE_PATH", Pattern=f"^{service.delivered.folder}/"),
    ]
    return codebuild.ProjectTriggers(Webhook=True, FilterGroups=[filters], PullRequestBuildPolicy=_approval_of_forks())


def _approval_of_forks() -> codebuild.PullRequestBuildPolicy:
    """Wait with a fork's pull request until somebody who may push here asks for the build in a comment.

    https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html
    """
    return codebuild.PullRequestBuildPolicy(
        RequiresCommentApproval="FORK_PULL_REQUESTS",
        ApproverRoles=["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    )
