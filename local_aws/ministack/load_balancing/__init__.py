"""MiniStack's load balancers, corrected: how a request gets through one, to which target, and what is counted."""
