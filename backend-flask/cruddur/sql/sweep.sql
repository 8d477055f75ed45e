-- Deletes a bounded number of activities that have expired, those that expired first, with their conversations. Of these the
-- newest replies go first, so that none takes others with it; an activity goes when all of its replies are gone. One
-- process at a time: the others delete nothing. `lock` is any number that nothing else in the database locks.
WITH expired AS MATERIALIZED (
  SELECT uuid
  FROM activities
  WHERE reply_to_activity_uuid IS NULL
    AND expires_at <= now()
    AND (SELECT pg_try_advisory_xact_lock(%(lock)s))
  ORDER BY expires_at
  LIMIT %(most)s
),
replies AS MATERIALIZED (
  SELECT newest.uuid
  FROM expired
  CROSS JOIN LATERAL (
    SELECT uuid
    FROM activities
    WHERE root_uuid = expired.uuid
    ORDER BY created_at DESC
    LIMIT %(most)s
  ) AS newest
  LIMIT %(most)s
)
DELETE FROM activities
WHERE uuid IN (
  SELECT uuid FROM replies
  UNION ALL
  SELECT uuid
  FROM expired
  WHERE NOT EXISTS (SELECT FROM activities AS theirs WHERE theirs.root_uuid = expired.uuid)
)
