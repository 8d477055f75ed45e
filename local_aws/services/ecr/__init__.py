"""The container registry: who may push and pull what, and layers kept as files."""
