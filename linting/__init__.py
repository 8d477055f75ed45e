"""Finds in templates, before they are deployed, what AWS would refuse."""
