"""What the service answers to, a blueprint a file."""
