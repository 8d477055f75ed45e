-- The person behind a token, made at the first message. A person who was entered without an account (by the seed, or by
-- hand) is the one who signs in by that name; a handle that belongs to another account gives no row.
INSERT INTO users (display_name, handle, cognito_user_id)
VALUES (%(handle)s, %(handle)s, %(cognito_user_id)s)
ON CONFLICT (handle) DO UPDATE
SET cognito_user_id = excluded.cognito_user_id
WHERE users.cognito_user_id IS NULL OR users.cognito_user_id = excluded.cognito_user_id
RETURNING uuid
