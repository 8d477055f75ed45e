"""The stack in which services run: network, load balancer, cluster, services and their roles."""
