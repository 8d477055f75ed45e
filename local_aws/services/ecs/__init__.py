"""ECS as it is on AWS where MiniStack is simpler: options of containers, their rights, their health, their traffic."""
