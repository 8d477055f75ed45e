"""Real parts that tests are made with: PostgreSQL, a user pool, servers, clients."""
