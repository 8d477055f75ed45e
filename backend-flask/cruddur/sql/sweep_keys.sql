-- Deletes a bounded number of idempotency keys that have been kept long enough, the oldest first.
DELETE FROM idempotency_keys
WHERE (user_uuid, key) IN (
  SELECT user_uuid, key
  FROM idempotency_keys
  WHERE created_at < now() - %(kept)s
  ORDER BY created_at
  LIMIT %(most)s
)
