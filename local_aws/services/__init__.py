"""The services that run here in place of MiniStack's, or that it lacks; a folder each, named as in the AWS CLI."""
