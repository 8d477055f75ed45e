"""An AWS on this machine: MiniStack, embedded and guarded, plus the services that it lacks."""
