"""The command `make init`: looks at a service's folder, and writes the settings and files that its release needs."""
