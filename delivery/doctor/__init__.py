"""`make doctor`: what is wrong with machine, environment and releases, or with what a pasted log is about."""
