SELECT row_to_json(activity)::text
FROM (
  SELECT activity_rows.*, activities.reply_to_activity_uuid
  FROM activity_rows
  JOIN activities USING (uuid)
  WHERE uuid = %(activity_uuid)s
) AS activity
