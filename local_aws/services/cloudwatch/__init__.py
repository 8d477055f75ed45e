"""CloudWatch as it is on AWS where MiniStack is simpler: when an alarm changes its state."""
