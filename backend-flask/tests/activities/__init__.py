"""Reading, writing, searching, and what expires."""
