"""Rules about keys, and about what they encrypt."""
