-- Whether an activity or a reply is there and lives.
SELECT true
FROM activities
JOIN activities AS roots ON roots.uuid = coalesce(activities.root_uuid, activities.uuid)
WHERE activities.uuid = %(activity_uuid)s
  AND coalesce(least(activities.expires_at, roots.expires_at), 'infinity') > now()
