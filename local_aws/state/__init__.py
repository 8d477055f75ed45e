"""What must survive the process: one database, what is written to it when, and what is looked at before a start."""
