"""What every command does with a stack: wait for it, follow its events, hold its lock, explain its failure."""
