"""The command line: the list of commands, their common options, questions to the user, the environment files."""
