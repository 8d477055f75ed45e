"""How a deployment of an ECS service goes on once its tasks are healthy: traffic is shifted, and watched by alarms."""
