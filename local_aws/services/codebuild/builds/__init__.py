"""One build from its request to its last phase: preparation, commands, logs, events."""
