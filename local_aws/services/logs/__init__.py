"""CloudWatch Logs' events: on disk as they come, read by pages, and never held in memory."""
