"""What all routes share: requests read and checked, answers and errors in one form."""
