"""The stack of the database that services share, and how a service reaches it."""
