-- The newest living activities. Looks at the newest 1000 only: were many to expire at once, the index would otherwise be
-- walked through all of them. Not one part of it reads more rows as the table grows.
SELECT coalesce(json_agg(page ORDER BY page.created_at DESC, page.uuid DESC), '[]')::text
FROM (
  SELECT activity_rows.*
  FROM (
    SELECT newest.uuid
    FROM (
      SELECT uuid, expires_at, created_at
      FROM activities
      WHERE reply_to_activity_uuid IS NULL
      ORDER BY created_at DESC, uuid DESC
      LIMIT 1000
    ) AS newest
    WHERE newest.expires_at IS NULL OR newest.expires_at > now()
    ORDER BY newest.created_at DESC, newest.uuid DESC
    LIMIT %(page_size)s
  ) AS living
  JOIN activity_rows USING (uuid)
) AS page
