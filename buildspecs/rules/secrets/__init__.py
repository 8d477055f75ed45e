"""What must not be read by others."""
