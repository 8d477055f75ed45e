"""What commands do, whatever program they run."""
