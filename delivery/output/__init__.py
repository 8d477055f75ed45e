"""How plans and progress are written: as text for people and as JSON for machines."""
