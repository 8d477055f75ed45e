"""Deployments within MiniStack that shift traffic, bake and watch alarms."""
