"""Values that an engine refuses and AWS takes, one module a reason."""
