"""The one place that knows MiniStack's names (https://pypi.org/project/ministack/).

Its inner names are documented nowhere: the version is pinned, ``contract`` lists every name used here with its signature,
and a test compares that list with what is installed. Modules elsewhere take the plain callables that are defined here.
"""
