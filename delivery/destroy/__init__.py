"""`make destroy`: shows what goes and what stays, asks, and deletes the stacks."""
