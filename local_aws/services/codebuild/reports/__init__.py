"""Test and coverage reports: files of a build become records that the API answers with."""
