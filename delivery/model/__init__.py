"""What the commands work on, as frozen data: the build folder, stacks, their events, plans of changes and deletions."""
