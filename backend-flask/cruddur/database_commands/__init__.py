"""What makes, fills and removes the database: `python -m cruddur.database_commands create`, and so on."""
