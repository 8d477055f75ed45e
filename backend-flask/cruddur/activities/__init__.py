"""What people read and write, in PostgreSQL: feeds, posts, and their end."""
