"""What the person who deploys must be allowed: `make permissions-needed`."""
