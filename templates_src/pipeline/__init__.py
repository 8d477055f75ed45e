"""The stack of one pipeline: repository, parameters, builds, roles, the pipeline itself."""
