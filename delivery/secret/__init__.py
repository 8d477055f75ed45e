"""`make secret`: stores the values of secrets in Parameter Store, and never shows one."""
