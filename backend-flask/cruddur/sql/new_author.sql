-- The person behind a token, made at the first post. No row when the handle, or one that looks like it, is somebody else's
-- (or nobody's, as those of the seed are); or when another post has just made the person.
INSERT INTO users (display_name, handle, cognito_user_id)
VALUES (%(handle)s, %(handle)s, %(cognito_user_id)s)
ON CONFLICT DO NOTHING
RETURNING uuid
