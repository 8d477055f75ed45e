-- The newest living activities whose message contains a text, in capitals or not. `pattern` is a LIKE pattern.
SELECT coalesce(json_agg(page ORDER BY page.created_at DESC, page.uuid DESC), '[]')::text
FROM (
  SELECT activity_rows.*
  FROM (
    SELECT uuid
    FROM activities
    WHERE message ILIKE %(pattern)s
      AND reply_to_activity_uuid IS NULL
      AND (expires_at IS NULL OR expires_at > now())
    ORDER BY created_at DESC, uuid DESC
    LIMIT %(page_size)s
  ) AS found
  JOIN activity_rows USING (uuid)
) AS page
