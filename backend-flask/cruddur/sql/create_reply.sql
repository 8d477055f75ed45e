INSERT INTO activities (user_uuid, message, reply_to_activity_uuid)
VALUES (%(user_uuid)s, %(message)s, %(activity_uuid)s)
RETURNING uuid
