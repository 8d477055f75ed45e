-- The newest living activities of one person; no row at all when nobody has the handle.
SELECT (
  SELECT coalesce(json_agg(page ORDER BY page.created_at DESC, page.uuid DESC), '[]')::text
  FROM (
    SELECT activity_rows.*
    FROM (
      SELECT uuid
      FROM activities
      WHERE user_uuid = users.uuid
        AND reply_to_activity_uuid IS NULL
        AND (expires_at IS NULL OR expires_at > now())
      ORDER BY created_at DESC, uuid DESC
      LIMIT %(page_size)s
    ) AS living
    JOIN activity_rows USING (uuid)
  ) AS page
)
FROM users
WHERE users.handle = %(handle)s
