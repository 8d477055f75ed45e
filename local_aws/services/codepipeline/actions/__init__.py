"""The action types that run here, each a handler: source, build, approval, deployment to ECS, also by CodeDeploy."""
