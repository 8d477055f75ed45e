"""The commands of the local AWS and its process: start, stop, reset, status, serve, and how it is found."""
