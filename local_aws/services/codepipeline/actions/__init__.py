"""The action types that run here, each a handler: source, build, scan, approval, deployments to ECS."""
