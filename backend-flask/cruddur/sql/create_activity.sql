INSERT INTO activities (user_uuid, message, expires_at)
VALUES (%(user_uuid)s, %(message)s, clock_timestamp() + %(lifetime)s)
RETURNING uuid
