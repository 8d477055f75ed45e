"""A template that is too large for a request goes through the bucket that the manifest names."""

from tests.delivery.project import Project, bucket, topic

ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
KEY = {
    "Type": "AWS::KMS::Key",
    "Properties": {
        "KeyPolicy": {"Statement": [{"Effect": "Allow", "Principal": ACCOUNT, "Action": "kms:*", "Resource": "*"}]}
    },
}
"""What the bucket's objects are encrypted with unless they ask for something else; the deployer may not use it."""


def large(project: Project, name: str, count: int = 1) -> str:
    """Write a stack whose template has more than 51,200 bytes, and give its name."""
    path = project.folder / "build" / f"{name}.json"
    filler = {f"Topic{number}": topic(display="x" * 90) for number in range(300 * count)}
    given = project.stack(name, filler)
    assert path.stat().st_size > 51_200
    return given


def with_bucket(project: Project) -> None:
    files = bucket(project.name("templates"))
    files["Properties"]["BucketEncryption"] = {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "Key"}}}
        ]
    }
    project.stack("base", {"Key": KEY, "Files": files}, outputs={"BucketName": {"Value": {"Ref": "Files"}}})
    project.manifest = {"template_bucket": {"stack": project.name("base"), "output": "BucketName"}}


def test_a_large_template_is_uploaded_and_deployed(project: Project) -> None:
    with_bucket(project)
    large(project, "two")

    first, second = project.deploy(), project.deploy()

    assert first.code == 0, first.err
    assert project.status("two") == "CREATE_COMPLETE"
    assert f"{project.name('two')}: nothing to change." in second.out
    keys = project.client("s3").list_objects_v2(Bucket=project.name("templates"), Prefix="templates/")["Contents"]
    assert len(keys) == 1


def test_a_large_template_before_its_bucket_is_there_is_refused(project: Project) -> None:
    with_bucket(project)
    name = large(project, "two")

    result = project.deploy("--stack", name)

    assert result.code == 2
    assert "build/two.json: it has" in result.err
    assert (
        f"output BucketName of stack {project.name('base')}, which is not there yet; deploy that first." in result.err
    )


def test_a_large_template_without_any_bucket_is_refused(project: Project) -> None:
    large(project, "two")

    result = project.deploy()

    assert result.code == 2
    assert "build/manifest.json names none" in result.err


def test_a_template_larger_than_aws_takes_is_refused(project: Project) -> None:
    large(project, "two", count=25)

    result = project.deploy()

    assert result.code == 2
    assert "CloudFormation takes 1000000 at most; split the stack." in result.err


def test_a_template_with_more_resources_than_aws_takes_is_refused_before_anything_is_done(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.stack("two", {f"Topic{number}": topic() for number in range(501)})

    result = project.deploy()

    assert result.code == 2
    assert "build/two.json: it has 501 resources; CloudFormation takes 500 at most; split the stack." in result.err
    assert "Nothing was changed." in result.err
