"""Reads a buildspec into typed values, with the line and column of every key; nothing is run here.

Format: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from local_aws.builds.buildspec.model import Buildspec
from local_aws.builds.buildspec.problems import Problem, YamlFileError
from local_aws.builds.buildspec.reader import read

__all__ = ["Buildspec", "Problem", "YamlFileError", "read"]
