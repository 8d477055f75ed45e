-- The newest living activities whose message contains a text, in capitals or not; `pattern` is that text as a LIKE pattern.
--
-- A frequent text is found among the newest activities, by reading so many of them. What is older is found by the index
-- of trigrams, if the text has one: `word` is the longest run of letters and digits in it, or '' if that has fewer than
-- three. Of a text without a trigram the index knows nothing, and the page ends with the last activity that was read.
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
far AS MATERIALIZED (
  SELECT matching.uuid, matching.created_at
  -- OFFSET 0: by the index of trigrams, never by reading on, newest first, for a text that may not come.
  FROM (SELECT uuid, created_at FROM living WHERE message ILIKE %(pattern)s OFFSET 0) AS matching
  WHERE EXISTS (SELECT FROM edge)
    AND cardinality(show_trgm(%(word)s)) > 0
    AND (matching.created_at, matching.uuid) < ((SELECT created_at FROM edge), (SELECT uuid FROM edge))
  ORDER BY matching.created_at DESC, matching.uuid DESC
  LIMIT %(limit)s + 1
)
SELECT uuid, created_at, true AS is_shown FROM near
UNION ALL
SELECT uuid, created_at, true FROM far
UNION ALL
SELECT uuid, created_at, false FROM edge WHERE cardinality(show_trgm(%(word)s)) = 0
