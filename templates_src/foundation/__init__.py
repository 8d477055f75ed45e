"""The stack that lives as long as the account: key, artifact bucket, GitHub connection, notification topic."""
