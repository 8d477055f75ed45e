"""What the files of a project promise each other: templates, buildspecs, scripts, Dockerfile and the service's code.

Each contract is a function from the ``System`` that these files describe to findings. It knows no AWS: an account id, a
region and whatever else only a deployment knows stand as ``${AWS::AccountId}`` and the like, the same on both sides.
"""
