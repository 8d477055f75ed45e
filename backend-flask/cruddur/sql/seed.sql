-- A few people and messages to look at. Safe to run twice: what is there stays, only a message that has expired is renewed.
INSERT INTO users (uuid, display_name, handle)
VALUES
  ('9f1b5ed3-4c4e-4f0c-8a39-1c6f1b0a0001', 'Yaya', 'yaya2devops'),
  ('9f1b5ed3-4c4e-4f0c-8a39-1c6f1b0a0002', 'Andrew Brown', 'andrewbrown'),
  ('9f1b5ed3-4c4e-4f0c-8a39-1c6f1b0a0003', 'Worf', 'worf')
ON CONFLICT DO NOTHING;

-- Each message is older than the one before by a minute or more: their order never depends on chance.
INSERT INTO activities (uuid, user_uuid, message, replies_count, likes_count, created_at, expires_at)
SELECT seed.uuid::uuid, users.uuid, seed.message, seed.replies_count, seed.likes_count, now() - seed.age, now() + seed.left_to_live
FROM (
  VALUES
    ('68f126b0-1ceb-4a33-88be-d90fa7110001', 'yaya2devops', 'The pipeline is green: ship it!', 1, 5, interval '0 minutes', interval '10 days'),
    ('68f126b0-1ceb-4a33-88be-d90fa7110002', 'andrewbrown', 'Cloud is fun!', 0, 3, interval '1 hour', interval '9 days'),
    ('68f126b0-1ceb-4a33-88be-d90fa7110003', 'worf', 'A service without tests has no honor.', 0, 1, interval '1 day', interval '8 days')
) AS seed (uuid, handle, message, replies_count, likes_count, age, left_to_live)
JOIN users USING (handle)
ON CONFLICT (uuid) DO UPDATE
SET created_at = excluded.created_at, expires_at = excluded.expires_at
WHERE activities.expires_at <= now();

INSERT INTO activities (uuid, user_uuid, message, reply_to_activity_uuid, created_at)
SELECT
  '68f126b0-1ceb-4a33-88be-d90fa7120001'::uuid,
  users.uuid,
  'Today is a good day to deploy.',
  '68f126b0-1ceb-4a33-88be-d90fa7110001'::uuid,
  now()
FROM users
WHERE users.handle = 'worf'
ON CONFLICT (uuid) DO NOTHING;
