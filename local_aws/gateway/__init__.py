"""What is decided about a request before any service sees it: its host, its signature, and the size of its body."""
