"""Rules about ECS services and task definitions."""
