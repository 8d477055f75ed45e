-- Counts a reply to a living activity; no row when there is none. Locks it, so that it is not deleted meanwhile.
UPDATE activities
SET replies_count = replies_count + 1
WHERE uuid = %(activity_uuid)s AND (expires_at IS NULL OR expires_at > now())
RETURNING uuid
