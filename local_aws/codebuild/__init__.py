"""CodeBuild's projects and report groups, kept whole; running builds is the room ``local_aws/builds``."""
