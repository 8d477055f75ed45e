"""Images: building, logging in, pushing."""
