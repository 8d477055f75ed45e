"""Programs that look for what is not safe, and what becomes of what they find."""
