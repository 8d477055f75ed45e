"""What a file is, told by what stands in it."""
