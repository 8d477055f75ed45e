"""Makes the database: PostgreSQL of RDS in the private subnets, encrypted, backed up, with a secret that RDS rotates.

It needs the network. It lets in what stands in the group of its clients, as tasks do whose service uses it. Look at
what may be lost: a deletion is refused until somebody takes the protection off, and leaves a snapshot.
"""

from troposphere import GetAtt, Output, Ref, Sub, Template, ec2, rds

from settings.database import Database
from settings.project import Project
from templates_src.names import exported, imported
from templates_src.runtime import runtime_stack
from templates_src.runtime.network import ZONES
from templates_src.security_group_rules import tcp
from templates_src.template_assembly import assemble

PORT = 5432
NOWHERE = "127.0.0.1/32"
"""A rule for it takes the place of the one that lets a group out to everywhere."""


def stack_name(project: Project) -> str:
    """Return the name of this stack."""
    return f"{project.application}-database"


def template(project: Project, database: Database) -> Template:
    """Make the database's template."""
    stack, network = stack_name(project), runtime_stack.stack_name(project)
    subnets = rds.DBSubnetGroup(
        "DatabaseSubnets",
        DBSubnetGroupDescription=f"Private subnets of {project.application}",
        SubnetIds=[imported(network, f"PrivateSubnet{zone}Id") for zone in ZONES],
    )
    clients = ec2.SecurityGroup(
        "ClientsSecurityGroup",
        GroupDescription="Lets what stands in it reach the database",
        VpcId=imported(network, "NetworkId"),
        SecurityGroupEgress=[tcp("To the database", PORT, CidrIp=project.runtime.network)],
    )
    group = ec2.SecurityGroup(
        "DatabaseSecurityGroup",
        GroupDescription="Lets in the clients of the database, and nothing out",
        VpcId=imported(network, "NetworkId"),
        SecurityGroupIngress=[tcp("From its clients", PORT, SourceSecurityGroupId=GetAtt(clients, "GroupId"))],
        SecurityGroupEgress=[ec2.SecurityGroupRule(Description="Nowhere", IpProtocol="-1", CidrIp=NOWHERE)],
    )
    instance = _instance(database, subnets, group)
    return assemble(
        description=f"{project.application}: PostgreSQL database, which the services share",
        application=project.application,
        resources=[subnets, clients, group, instance],
        outputs=_outputs(stack, database, clients, instance),
    )


def _instance(database: Database, subnets: rds.DBSubnetGroup, group: ec2.SecurityGroup) -> rds.DBInstance:
    return rds.DBInstance(
        "Database",
        DeletionPolicy="Snapshot",
        UpdateReplacePolicy="Snapshot",
        Engine="postgres",
        EngineVersion=database.engine_version,
        AutoMinorVersionUpgrade=True,
        DBInstanceClass=database.instance_class,
        AllocatedStorage=str(database.storage_gib),
        StorageType="gp3",
        StorageEncrypted=True,
        DBName=database.name,
        # No word that PostgreSQL or RDS reserves, whatever the application is called.
        MasterUsername="app_owner",
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
        ManageMasterUserPassword=True,
        BackupRetentionPeriod=database.backup_days,
        CopyTagsToSnapshot=True,
        DeleteAutomatedBackups=False,
        DeletionProtection=True,
        MultiAZ=database.multi_az,
        PubliclyAccessible=False,
        DBSubnetGroupName=Ref(subnets),
        VPCSecurityGroups=[GetAtt(group, "GroupId")],
    )


def _outputs(stack: str, database: Database, clients: ec2.SecurityGroup, instance: rds.DBInstance) -> list[Output]:
    secret = GetAtt(instance, "MasterUserSecret.SecretArn")
    page = "https://${AWS::Region}.console.aws.amazon.com/rds/home?region=${AWS::Region}#database:id="
    return [
        exported(stack, "Host", GetAtt(instance, "Endpoint.Address"), "Where the database answers"),
        exported(stack, "Port", GetAtt(instance, "Endpoint.Port"), "Port that it answers at"),
        Output("Name", Description="Name of the services' database", Value=database.name),
        exported(stack, "SecretArn", secret, "Secret with its user and password, which RDS rotates"),
        exported(stack, "ClientsSecurityGroupId", GetAtt(clients, "GroupId"), "What reaches the database"),
        Output("DatabaseConsole", Description="The database in the console", Value=Sub(f"{page}${{{instance.title}}}")),
    ]
