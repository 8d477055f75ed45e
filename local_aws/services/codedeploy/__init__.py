"""CodeDeploy for ECS: applications, deployment groups, and deployments that shift a service's traffic."""
