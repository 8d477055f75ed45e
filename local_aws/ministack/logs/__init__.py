"""MiniStack's log groups, answered from the event file on disk."""
