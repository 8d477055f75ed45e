"""Says what may be deployed: the bake attests what it made of what, and nothing else is admitted."""
