"""The one place that knows MiniStack's names (the PyPI package `ministack`).

Its inner names are documented nowhere: the version is pinned, and a test holds each name used here, with its signature,
against what is installed. Modules elsewhere take the plain callables that are defined here.
"""
