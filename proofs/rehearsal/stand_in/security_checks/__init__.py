"""Stands for the security checks in a proof."""
