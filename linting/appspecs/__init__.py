"""Judges AppSpec files, which tell CodeDeploy what to deploy and which hooks to run.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html
"""
