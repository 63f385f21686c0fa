import pg from 'pg';

/** Fills the database with public tracks of 500 people and answers an access token of one more. */
export async function createBenchData({ databaseUrl, apiUrl, tracks }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO users (id, username, email, password_hash, role, created_at, updated_at)
       SELECT gen_random_uuid(), 'bench' || n, 'bench' || n || '@example.test', 'x', 'creator', now(), now()
       FROM generate_series(1, 500) n`,
    );
    await client.query(
      `INSERT INTO tracks (id, user_id, title, artist, genre, status, file_name, storage_key, sha256, size_bytes,
         format, codec, duration_ms, bitrate_kbps, sample_rate_hz, channels, tags, created_at, updated_at)
       SELECT gen_random_uuid(), owner.id, 'Track ' || n, 'Artist ' || n % 2000, 'House', 'ready', 'a.mp3', 'k',
         repeat('0', 64), 1000, 'mp3', 'mp3', 180000, 320, 44100, 2, '{deep,warm}',
         now() - n * interval '1 minute', now() - n * interval '1 minute'
       FROM generate_series(1, $1::int) n
       JOIN (SELECT id, row_number() OVER () AS place FROM users) owner ON owner.place = 1 + n % 500`,
      [tracks],
    );
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
  return registerListener(apiUrl);
}

async function registerListener(apiUrl) {
  const answer = await fetch(`${apiUrl}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      username: 'listener',
      email: 'listener@example.test',
      password: 'Granite-otter-47!',
    }),
  });
  const { data } = await answer.json();
  return data.access_token;
}
