"""The stack of one service that runs: task, roles, logs, target group, the rule of the load balancer, an alarm."""
