-- The newest living activities whose message contains a text, in capitals or not; `pattern` is that text as a LIKE pattern.
--
-- A frequent text is found among the newest activities, by reading so many of them. What is older is found by the index
-- of trigrams, if the text has one: `word` is the longest run of letters and digits in it, or '' if that has fewer than
-- three. Of a text without a trigram the index knows nothing, and of one that is in very many rows (most of which have
-- expired, or it would be among the newest) too much: then the page ends with the last activity that was read.
WITH living AS NOT MATERIALIZED (
  SELECT uuid, created_at, message
  FROM activities
  WHERE reply_to_activity_uuid IS NULL
    AND (expires_at IS NULL OR expires_at > now())
    AND (created_at, uuid) < (%(before)s, %(before_uuid)s)
),
near AS MATERIALIZED (
  SELECT uuid, created_at
  FROM (SELECT * FROM living ORDER BY created_at DESC, uuid DESC LIMIT %(most_read)s) AS newest
  WHERE message ILIKE %(pattern)s
  ORDER BY created_at DESC, uuid DESC
  LIMIT %(limit)s + 1
),
edge AS MATERIALIZED (
  SELECT uuid, created_at
  FROM living
  WHERE (SELECT count(*) FROM near) <= %(limit)s
  ORDER BY created_at DESC, uuid DESC
  OFFSET %(most_read)s - 1
  LIMIT 1
),
candidates AS MATERIALIZED (
  SELECT uuid, created_at, expires_at
  FROM activities
  WHERE EXISTS (SELECT FROM edge)
    AND cardinality(show_trgm(%(word)s)) > 0
    AND message ILIKE %(pattern)s
    AND reply_to_activity_uuid IS NULL
  LIMIT %(most_candidates)s + 1
),
known AS MATERIALIZED (
  SELECT cardinality(show_trgm(%(word)s)) > 0 AND count(*) <= %(most_candidates)s AS by_index
  FROM candidates
),
far AS MATERIALIZED (
  SELECT uuid, created_at
  FROM candidates
  WHERE (SELECT by_index FROM known)
    AND (expires_at IS NULL OR expires_at > now())
    AND (created_at, uuid) < ((SELECT created_at FROM edge), (SELECT uuid FROM edge))
  ORDER BY created_at DESC, uuid DESC
  LIMIT %(limit)s + 1
)
SELECT uuid, created_at, true AS is_shown FROM near
UNION ALL
SELECT uuid, created_at, true FROM far
UNION ALL
SELECT uuid, created_at, false FROM edge WHERE NOT (SELECT by_index FROM known)
