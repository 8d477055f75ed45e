-- The tables of Cruddur. A database that was made before there were migrations has them: its rows stay, and what it lacks is added.

-- Finds a part of a word by an index. Trusted since PostgreSQL 13: the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE IF NOT EXISTS users (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  display_name text NOT NULL,
  handle text NOT NULL UNIQUE CHECK (handle <> ''),
  -- The "sub" of the person's Cognito tokens. NULL for a person without an account, whose handle nobody can take.
  cognito_user_id text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Until when the posts so far use up what the person may post; see post.sql.
ALTER TABLE users ADD COLUMN IF NOT EXISTS posting_until timestamptz NOT NULL DEFAULT '-infinity';

-- What a name looks like: the same text for names that a reader takes for one another. Compatibility forms are made plain,
-- what is invisible is dropped, and the characters that https://www.unicode.org/Public/security/latest/confusables.txt has
-- for ASCII letters and digits are replaced by these, as capital I, 1 and | are by l, and 0 by o.
CREATE OR REPLACE FUNCTION look_alike(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT replace(replace(replace(lower(
    CASE
      -- Plain ASCII has none of the rest.
      WHEN name ~ '^[ -~]*$' THEN translate(name, '1I|0', 'lllo')
      ELSE translate(
        regexp_replace(
          normalize(name, NFKC),
          '[\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F'
          '\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U000E0000-\U000E0FFF]',
          '', 'g'
        ),
        'ƧϨᒿꙄꛯꝚ'
        'ƷȜЗӠⳌꝪꞫ𑣊𖼻𝈆'
        'Ꮞ𑢯'
        'Ƽ𑢻'
        'бᏮⳒ𑣕'
        '𐓒𑣆𝈒'
        'Ȣȣ৪੪ଃ𐌚'
        '৭੧୨൭ⳊꝮ𑢬𑣌𑣖'
        'ɑΑαАаᎪᗅ⍺ꓮ𐊠𖽀'
        'ƄΒВЬᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁'
        'СсᏟᴄⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜𑣩𑣲🝌'
        'ԁᎠᏧᑯᗞᗪꓒꓓ'
        'ΕЕеҽᎬ℮⋿ⴹꓰꬲ𐊆𑢦𑢮'
        'ϜքᖴẝꓝꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂𝈓'
        'ƍɡԌցᏀᏳᶃꓖ'
        'ΗНһհᎻᏂᕼⲎꓧ𐋏'
        'ıɩɪιіӏᎥ⍳ꙇꭵ𑣃'
        'ͿϳЈјᎫᒍꓙꞲ'
        'ΚКᏦᛕⲔꓗ𐔘'
        'ƖǀΙІӀ۱Ꮮᒪᛁ∣⏽ⲒⳐⵏꓡꓲ𐊊𐌉𐌠𐐛𐔦𑢣𑢲𖼖𖼨𝈪1I|'
        'ΜϺМᎷᗰᛖⲘꓟ𐊰𐌑'
        'ΝոռⲚꓠ𐔓'
        'ΟοσОоՕօ۵०০੦૦ଠ୦௦ం౦ಂ೦ംഠ൦ං๐໐ဝ၀ჿዐᴏᴑⲞⲟⵔ〇ꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠0'
        'ΡρРрᏢᑭ⍴Ⲣⲣꓑ𐊕'
        'ԛգզⵕ'
        'ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵𝈖'
        'ƽЅѕՏᏕᏚꓢꜱꮪ𐊖𐐠𐑈𑣁𖼺'
        'ΤТᎢ⊤⟙Ⲧꓔ𐊗𐊱𐌕𑢼𖼊🝨'
        'ʋυՍսሀᑌᴜ∪⋃ꓴꞟꭎꭒ𐓎𐓶𑢸𑣘𖽂'
        'νѴѵ۷Ꮩᐯᴠ∨⋁ⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈𝈍'
        'ɯѡԜԝաᎳᏔᴡꓪꮃ𑜊𑜎𑜏𑣦𑣯'
        '×ΧХхᕁᕽ᙭᙮ᚷ╳⤫⤬⨯ⲬⵝꓫꞳ𐊐𐊴𐌗𐌢𐔧𑣬'
        'ɣʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ𐊲𑢤𑣜𖽃'
        'ΖᏃᴢꓜꮓ𐋵𑢩𑣄𑣥',
        repeat('2', 6) || repeat('3', 10) || repeat('4', 2) || repeat('5', 2) || repeat('6', 4) ||
        repeat('7', 3) || repeat('8', 6) || repeat('9', 9) || repeat('a', 11) || repeat('b', 14) ||
        repeat('c', 16) || repeat('d', 8) || repeat('e', 13) || repeat('f', 14) || repeat('g', 8) ||
        repeat('h', 10) || repeat('i', 11) || repeat('j', 8) || repeat('k', 7) || repeat('l', 29) ||
        repeat('m', 10) || repeat('n', 6) || repeat('o', 50) || repeat('p', 11) || repeat('q', 4) ||
        repeat('r', 14) || repeat('s', 14) || repeat('t', 13) || repeat('u', 18) || repeat('v', 19) ||
        repeat('w', 15) || repeat('x', 23) || repeat('y', 20) || repeat('z', 9)
      )
    END
  ), 'rn', 'm'), 'vv', 'w'), 'ß', 'ss')
$$;

-- No handle looks like another, whether capitals are read as capitals (BILL, bill) or as what they look like (biII, bill).
CREATE UNIQUE INDEX IF NOT EXISTS users_look_alike ON users (look_alike(handle));
CREATE UNIQUE INDEX IF NOT EXISTS users_look_alike_in_lower_case ON users (look_alike(lower(handle)));

CREATE TABLE IF NOT EXISTS activities (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_uuid uuid NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
  message text NOT NULL CHECK (message <> ''),
  replies_count integer NOT NULL DEFAULT 0,
  reposts_count integer NOT NULL DEFAULT 0,
  likes_count integer NOT NULL DEFAULT 0,
  reply_to_activity_uuid uuid REFERENCES activities (uuid) ON DELETE CASCADE,
  -- NULL: never expires. A reply lives as long as the activity that its conversation began with.
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- The activity that a reply's conversation began with; NULL for that activity itself.
ALTER TABLE activities ADD COLUMN IF NOT EXISTS root_uuid uuid;

CREATE OR REPLACE FUNCTION find_root() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.root_uuid := (SELECT coalesce(root_uuid, uuid) FROM activities WHERE uuid = NEW.reply_to_activity_uuid);
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER activities_find_root BEFORE INSERT ON activities
FOR EACH ROW WHEN (NEW.reply_to_activity_uuid IS NOT NULL) EXECUTE FUNCTION find_root();

-- Replies of a release that did not keep the root.
WITH RECURSIVE roots (uuid, root_uuid) AS (
  SELECT replies.uuid, parents.uuid
  FROM activities AS replies
  JOIN activities AS parents ON parents.uuid = replies.reply_to_activity_uuid
  WHERE parents.reply_to_activity_uuid IS NULL
    AND replies.root_uuid IS NULL
  UNION ALL
  SELECT replies.uuid, roots.root_uuid
  FROM roots
  JOIN activities AS replies ON replies.reply_to_activity_uuid = roots.uuid
)
UPDATE activities
SET root_uuid = roots.root_uuid
FROM roots
WHERE activities.uuid = roots.uuid AND activities.root_uuid IS NULL;

-- The answers to posts that came with an Idempotency-Key, until sweep.sql removes them.
CREATE TABLE IF NOT EXISTS idempotency_keys (
  user_uuid uuid NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,
  key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  -- What was asked for: the same key with another request is a mistake.
  fingerprint bytea NOT NULL,
  answer text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (user_uuid, key)
);
CREATE INDEX IF NOT EXISTS idempotency_keys_oldest ON idempotency_keys (created_at);

-- The limits that the service keeps, for whoever else writes here. NOT VALID: rows that are there are not looked at.
DO $$
DECLARE
  missing record;
BEGIN
  FOR missing IN
    SELECT limits.*
    FROM (
      VALUES
        ('users', 'users_handle_length', 'char_length(handle) <= 128'),
        ('users', 'users_display_name_length', 'char_length(display_name) <= 128'),
        (
          'activities', 'activities_message_length',
          'char_length(message) <= CASE WHEN reply_to_activity_uuid IS NULL THEN 280 ELSE 1024 END'
        ),
        ('activities', 'activities_counts', 'least(replies_count, reposts_count, likes_count) >= 0'),
        ('activities', 'activities_no_reply_to_itself', 'reply_to_activity_uuid <> uuid')
    ) AS limits (owner, name, condition)
    WHERE NOT EXISTS (
      SELECT FROM pg_constraint WHERE conname = limits.name AND conrelid = to_regclass(limits.owner)
    )
  LOOP
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%s) NOT VALID', missing.owner, missing.name, missing.condition);
  END LOOP;
END
$$;

-- home.sql, search.sql: the newest first; those that have expired are passed over in the index.
CREATE INDEX IF NOT EXISTS activities_newest_first ON activities (created_at DESC, uuid DESC) INCLUDE (expires_at)
WHERE reply_to_activity_uuid IS NULL;

-- sweep.sql: those that expired first. home.sql and search.sql: the living ones, where these are few.
CREATE INDEX IF NOT EXISTS activities_expiry ON activities (expires_at)
WHERE reply_to_activity_uuid IS NULL;

-- by_handle.sql: the newest of one person first; also finds what goes when a person is deleted.
CREATE INDEX IF NOT EXISTS activities_of_user ON activities (user_uuid, created_at DESC, uuid DESC);

-- reply_rows below: the newest replies to one activity first.
CREATE INDEX IF NOT EXISTS activities_replies_to ON activities (reply_to_activity_uuid, created_at DESC, uuid DESC)
WHERE reply_to_activity_uuid IS NOT NULL;

-- sweep.sql: the newest of one conversation first.
CREATE INDEX IF NOT EXISTS activities_of_root ON activities (root_uuid, created_at DESC) WHERE root_uuid IS NOT NULL;

-- search.sql: messages that contain a text.
CREATE INDEX IF NOT EXISTS activities_message_parts ON activities USING gin (message gin_trgm_ops)
WHERE reply_to_activity_uuid IS NULL;

-- Of an earlier release; the two that hold the same as these are above.
DROP INDEX IF EXISTS activities_newest, activities_replies;

-- A reply as it is shown.
CREATE OR REPLACE VIEW reply_rows AS
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
WHERE replies.reply_to_activity_uuid IS NOT NULL;

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
      SELECT *
      FROM reply_rows
      WHERE reply_rows.reply_to_activity_uuid = activities.uuid
      ORDER BY reply_rows.created_at DESC, reply_rows.uuid DESC
      LIMIT 20
    ) AS reply
  ) AS replies
FROM activities
JOIN users ON users.uuid = activities.user_uuid;
