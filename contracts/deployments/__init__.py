"""What a deployment takes and what it meets there: files, images, keys, capabilities, a way to the registry."""
