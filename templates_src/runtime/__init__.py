"""The stack that the services share: network, load balancer, cluster."""
