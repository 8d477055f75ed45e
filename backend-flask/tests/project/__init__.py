"""Settings, dependencies and buildspecs."""
