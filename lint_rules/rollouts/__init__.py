"""How a service's new tasks take over: hooks, shifts of traffic, bakes, alarms."""
