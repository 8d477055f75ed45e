"""The rules of buildspecs, one idea a file."""
