"""CodeBuild on this machine: builds run the commands of a buildspec under the rights of their role."""
