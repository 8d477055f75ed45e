SELECT true FROM users WHERE handle = %(handle)s
