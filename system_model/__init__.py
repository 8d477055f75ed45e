"""The templates and files of one project, or one template of anybody's, as one readable system.

What is asked of it is answered by yes, no or unknown: what the files do not say is unknown.
"""
