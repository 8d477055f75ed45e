"""MiniStack's stacks, corrected: change sets, updates in place, rollbacks, events, exports."""
