"""Turns the settings into CloudFormation templates. Pure: no environment, no clock, no connection."""
