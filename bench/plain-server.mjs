// What the product is compared with: the same SQL, the same answers, one token check, and nothing else.
import { createSecretKey } from 'node:crypto';
import fastify from 'fastify';
import jwt from 'jsonwebtoken';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const key = createSecretKey(Buffer.from(process.env.JWT_SECRET));
const app = fastify();

const LIST = `
  SELECT track.id, track.user_id, track.title, track.artist, track.album, track.genre, track.description, track.tags,
    track.bpm, track.musical_key AS key, track.license, track.is_public, track.is_downloadable, track.is_explicit,
    track.status, track.failure_code, track.failure_message, track.format, track.size_bytes, track.duration_ms,
    track.bitrate_kbps, track.sample_rate_hz, track.channels, track.cover_key IS NOT NULL AS has_cover,
    track.stream_manifest_url, track.play_count, track.like_count, track.download_count, track.share_count,
    track.created_at, track.updated_at, owner.username, owner.display_name, owner.avatar,
    (SELECT count(*) FROM tracks WHERE is_public AND status = 'ready' AND deleted_at IS NULL) AS total
  FROM tracks track JOIN users owner ON owner.id = track.user_id
  WHERE track.deleted_at IS NULL AND track.is_public AND track.status = 'ready'
  ORDER BY track.created_at DESC, track.id DESC LIMIT 21`;

app.get('/healthz', () => ({ status: 'ok' }));

app.get('/tracks', async () => {
  const { rows } = await pool.query(LIST);
  return {
    success: true,
    message: 'OK',
    data: rows.slice(0, 20).map((row) => ({
      ...row,
      uploader: {
        id: row.user_id,
        username: row.username,
        display_name: row.display_name,
        avatar: row.avatar,
      },
      size_bytes: Number(row.size_bytes),
      duration_seconds: row.duration_ms / 1000,
    })),
    pagination: { page: 1, limit: 20, total: Number(rows[0]?.total ?? 0) },
  };
});

app.get('/me', async (request, reply) => {
  const { sub } = jwt.verify(request.headers.authorization.slice(7), key, { algorithms: ['HS256'] });
  const { rows } = await pool.query('SELECT * FROM users WHERE id = $1', [sub]);
  const user = rows[0];
  if (user === undefined) return reply.code(401).send({ success: false });
  delete user.password_hash;
  return { success: true, message: 'OK', data: user };
});

await app.listen({ port: Number(process.env.APP_PORT), host: '127.0.0.1' });
