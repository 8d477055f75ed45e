-- The tables of Cruddur. Safe to run on a database that has them: nothing is dropped, nothing is changed.

-- Finds a part of a word by an index. Trusted since PostgreSQL 13: the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE IF NOT EXISTS users (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  display_name text NOT NULL,
  handle text NOT NULL UNIQUE CHECK (handle <> ''),
  -- The "sub" of the person's Cognito tokens; NULL for a person who has not written yet.
  cognito_user_id text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS activities (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_uuid uuid NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
  message text NOT NULL CHECK (message <> ''),
  replies_count integer NOT NULL DEFAULT 0,
  reposts_count integer NOT NULL DEFAULT 0,
  likes_count integer NOT NULL DEFAULT 0,
  reply_to_activity_uuid uuid REFERENCES activities (uuid) ON DELETE CASCADE,
  -- NULL: never expires. A reply lives as long as what it replies to.
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- home.sql: the newest first.
CREATE INDEX IF NOT EXISTS activities_newest ON activities (created_at DESC, uuid DESC)
WHERE reply_to_activity_uuid IS NULL;

-- by_handle.sql: the newest of one person first; also finds what goes when a person is deleted.
CREATE INDEX IF NOT EXISTS activities_of_user ON activities (user_uuid, created_at DESC, uuid DESC);

-- activity_rows below: the newest replies to one activity first.
CREATE INDEX IF NOT EXISTS activities_replies ON activities (reply_to_activity_uuid, created_at DESC, uuid DESC);

-- search.sql: messages that contain a text.
CREATE INDEX IF NOT EXISTS activities_message_parts ON activities USING gin (message gin_trgm_ops)
WHERE reply_to_activity_uuid IS NULL;

-- An activity as it is shown, with its newest replies.
CREATE OR REPLACE VIEW activity_rows AS
SELECT
  activities.uuid,
  users.display_name,
  users.handle,
  activities.message,
  activities.replies_count,
  activities.reposts_count,
  activities.likes_count,
  activities.expires_at,
  activities.created_at,
  (
    SELECT coalesce(json_agg(reply ORDER BY reply.created_at DESC, reply.uuid DESC), '[]')
    FROM (
      SELECT
        replies.uuid,
        authors.display_name,
        authors.handle,
        replies.message,
        replies.replies_count,
        replies.reposts_count,
        replies.likes_count,
        replies.reply_to_activity_uuid,
        replies.created_at
      FROM activities AS replies
      JOIN users AS authors ON authors.uuid = replies.user_uuid
      WHERE replies.reply_to_activity_uuid = activities.uuid
      ORDER BY replies.created_at DESC, replies.uuid DESC
      LIMIT 20
    ) AS reply
  ) AS replies
FROM activities
JOIN users ON users.uuid = activities.user_uuid;
