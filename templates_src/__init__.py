"""Turns the settings into CloudFormation templates. Pure: it reads no environment, no clock, and opens no connection."""
