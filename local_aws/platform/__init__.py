"""What every service here is built on: registration, JSON protocols, request checks, stores, paging, tags."""
