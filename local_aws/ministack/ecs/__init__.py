"""MiniStack's tasks and load balancers, corrected: what starts, what ends, and what Docker says of it."""
