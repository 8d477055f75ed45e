"""How fast the service is, beside the least that the same server can do."""
