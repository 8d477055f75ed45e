-- Writes an activity, or a reply to one: all of it or nothing, and nothing twice for one idempotency key.
--
-- What came of it: the person is not known yet (author_uuid is NULL); the key has been used (repeats: for the same request,
-- whose answer is given again); what is replied to is not there or has expired (NOT may_reply); the person has posted too
-- much (no answer; wait is the time until the next post). Two requests with one key at the same moment: the second violates
-- idempotency_keys_pkey, and is then to be run again.
WITH author AS MATERIALIZED (
  SELECT uuid, display_name, handle, posting_until
  FROM users
  WHERE cognito_user_id = %(cognito_user_id)s
),
earlier AS MATERIALIZED (
  SELECT idempotency_keys.fingerprint = %(fingerprint)s AS repeats, idempotency_keys.answer
  FROM idempotency_keys
  JOIN author ON author.uuid = idempotency_keys.user_uuid
  WHERE idempotency_keys.key = %(key)s
),
parent AS MATERIALIZED (
  SELECT activities.uuid, roots.uuid AS root_uuid
  FROM activities
  JOIN activities AS roots ON roots.uuid = coalesce(activities.root_uuid, activities.uuid)
  WHERE activities.uuid = %(activity_uuid)s
    AND coalesce(least(activities.expires_at, roots.expires_at), 'infinity') > now()
),
-- Each post uses up a share of the time in which a person may post so many; they may be used up at once (GCRA).
allowed AS (
  UPDATE users
  SET posting_until = greatest(posting_until, clock_timestamp()) + %(share)s
  WHERE cognito_user_id = %(cognito_user_id)s
    AND NOT EXISTS (SELECT FROM earlier)
    AND (%(activity_uuid)s::uuid IS NULL OR EXISTS (SELECT FROM parent))
    AND greatest(posting_until, clock_timestamp()) + %(share)s <= clock_timestamp() + %(period)s
  RETURNING uuid
),
-- Locks what is replied to: it is not deleted meanwhile.
counted AS (
  UPDATE activities
  SET replies_count = replies_count + 1
  WHERE uuid = %(activity_uuid)s AND EXISTS (SELECT FROM allowed)
  RETURNING uuid
),
made AS (
  INSERT INTO activities (user_uuid, message, reply_to_activity_uuid, expires_at)
  SELECT allowed.uuid, %(message)s, %(activity_uuid)s, clock_timestamp() + %(lifetime)s::interval
  FROM allowed
  WHERE %(activity_uuid)s::uuid IS NULL OR EXISTS (SELECT FROM counted)
  RETURNING *
),
answer AS MATERIALIZED (
  SELECT row_to_json(written)::text AS text
  FROM (
    SELECT
      made.uuid,
      author.display_name,
      author.handle,
      made.message,
      made.replies_count,
      made.reposts_count,
      made.likes_count,
      made.expires_at,
      made.created_at,
      '[]'::json AS replies,
      made.reply_to_activity_uuid
    FROM made
    CROSS JOIN author
  ) AS written
),
kept AS (
  INSERT INTO idempotency_keys (user_uuid, key, fingerprint, answer)
  SELECT author.uuid, %(key)s, %(fingerprint)s, answer.text
  FROM author
  CROSS JOIN answer
  WHERE %(key)s::text IS NOT NULL
)
SELECT
  (SELECT uuid FROM author) AS author_uuid,
  (SELECT repeats FROM earlier) AS repeats,
  coalesce((SELECT answer FROM earlier), (SELECT text FROM answer)) AS answer,
  %(activity_uuid)s::uuid IS NULL OR EXISTS (SELECT FROM parent) AS may_reply,
  -- By the clock, as posts of the same moment count: the beginning of this one may lie before them.
  (
    SELECT greatest(posting_until, moment) + %(share)s - %(period)s - moment
    FROM author, clock_timestamp() AS moment
  ) AS wait
