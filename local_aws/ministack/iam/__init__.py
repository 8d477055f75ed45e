"""MiniStack's identities and policy evaluation, corrected: who asks, and what is allowed."""
