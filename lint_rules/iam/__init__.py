"""Rules about policies and roles."""
