"""The commands about releases: an execution of a service's pipeline is started, watched, answered, retried, stopped.

Reading an execution (``reading``), telling how it goes (``telling`` and its kin) and following it (``following``) are
apart; what is read is frozen data (``execution``).
"""
