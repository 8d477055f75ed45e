"""`make deploy`: plans change sets for the stacks, shows them, asks, executes them and reports what happened."""
