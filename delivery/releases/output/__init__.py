"""How an execution is written: as it goes for people, once as JSON for machines."""
