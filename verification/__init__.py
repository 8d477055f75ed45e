"""Asks a service that was deployed what its settings say it must answer; run by a build after each deployment."""
