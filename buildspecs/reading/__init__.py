"""Reads a buildspec into typed values, with the line and column of every key; nothing is run here.

Format: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from buildspecs.reading.model import Buildspec
from buildspecs.reading.problems import Problem, YamlFileError
from buildspecs.reading.reader import read

__all__ = ["Buildspec", "Problem", "YamlFileError", "read"]
