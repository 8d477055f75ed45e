"""The service as it runs: its server, its connections, its image."""
