"""What the reader itself stumbles over: form, keys, types and values."""
