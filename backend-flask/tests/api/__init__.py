"""What every request and every answer has."""
