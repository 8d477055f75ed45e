"""Checks a service's source before it is released: code, dependencies, secrets, Dockerfile, licences, and an SBOM."""
