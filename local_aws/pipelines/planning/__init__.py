"""From a pipeline's structure to a plan: what runs, in which order, on which artifacts, and what is wrong with it."""
