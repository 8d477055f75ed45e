-- The newest living activities of one person.
SELECT uuid, created_at, true AS is_shown
FROM activities
WHERE user_uuid = (SELECT users.uuid FROM users WHERE users.handle = %(handle)s)
  AND reply_to_activity_uuid IS NULL
  AND (expires_at IS NULL OR expires_at > now())
  AND (created_at, uuid) < (%(before)s, %(before_uuid)s)
ORDER BY created_at DESC, uuid DESC
LIMIT %(limit)s + 1
