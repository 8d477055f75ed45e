"""The commands about releases: an execution of a service's pipeline is started, watched, answered, retried, stopped.

``commands/`` and ``operations/`` have a file for each verb; what is read is frozen data (``model/``), why it failed is
found by ``diagnosis/`` and written by ``output/``.
"""
