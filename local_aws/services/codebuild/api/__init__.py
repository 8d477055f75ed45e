"""CodeBuild's operations on builds, and what is kept of each build."""
