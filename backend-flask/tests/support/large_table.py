"""A table as large as a service gets in a while, for its query plans and its benchmark."""

import psycopg


def fill(url: str, activities: int, lifetime: str = "7 days") -> str:
    """Adds that many activities by a tenth as many people, and a reply to every third of them.

    `lifetime` is an interval of PostgreSQL's, from now on.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            """INSERT INTO users (display_name, handle)
            SELECT 'Person ' || n, 'person-' || n FROM generate_series(1, %s) AS n""",
            [activities // 10],
        )
        connection.execute(
            """INSERT INTO activities (user_uuid, message, created_at, expires_at)
            SELECT users.uuid, 'message ' || n, now() + n * interval '1 ms', now() + %s::interval
            FROM generate_series(1, %s) AS n JOIN users ON handle = 'person-' || (1 + n %% %s)""",
            [lifetime, activities, activities // 10],
        )
        connection.execute(
            """INSERT INTO activities (user_uuid, message, reply_to_activity_uuid)
            SELECT user_uuid, 'reply', uuid FROM activities WHERE hashtext(uuid::text) % 3 = 0"""
        )
        connection.execute("VACUUM ANALYZE")
    return url
