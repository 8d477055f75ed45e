"""What the commands about releases do, a file each: start, follow, approve, retry, roll back, stop."""
