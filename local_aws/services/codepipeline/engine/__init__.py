"""Runs executions: what comes next, stages, actions, conditions, retries, variables."""
