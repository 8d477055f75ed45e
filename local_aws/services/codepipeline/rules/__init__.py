"""The rules of stage conditions that run here."""
