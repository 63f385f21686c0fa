import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { synthesizeMp3, synthesizeWav } from '../../../support/audio-fixtures.js';
import {
  type Actor,
  type TestApp,
  type TrackBody,
  api,
  createTestApp,
  newActor,
  newTrack,
  waitFor,
  waitForTrack,
} from '../../../support/index.js';

const wav = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000 });

describe('POST /tracks', () => {
  let test: TestApp;
  let creator: Actor;
  let listener: Actor;

  beforeAll(async () => {
    test = await createTestApp({ listen: true, env: { MAX_UPLOAD_SIZE: '2MB' } });
    creator = await newActor(test, { role: 'creator' });
    listener = await newActor(test);
  });
  afterAll(() => test.close());

  const expectNothingKept = async (before: { tracks: number; events: number }): Promise<void> => {
    expect(await stored()).toEqual(before);
    expect(await readdir(join(test.uploadDir, 'tmp')).catch(() => [])).toEqual([]);
  };
  const stored = async (): Promise<{ tracks: number; events: number }> => {
    const [row] = await test.sql<{ tracks: number; events: number }>(
      `SELECT (SELECT count(*) FROM tracks)::int AS tracks, (SELECT count(*) FROM outbox_events)::int AS events`,
    );
    return row ?? { tracks: -1, events: -1 };
  };
  const post = (actor: Actor = creator) => test.http.post(api('/tracks')).set(actor.auth);

  it('stores the file byte for byte and measures its true length', async () => {
    const file = synthesizeMp3({ durationMs: 1_500 });
    const response = await post()
      .field({ title: ' Night drive ', genre: 'House', tags: 'Night, drive,night', bpm: '124', key: 'F#m' })
      .attach('audio', file, { filename: '../../etc/passwd.mp3', contentType: 'audio/mpeg' })
      .expect(201);
    const created = (response.body as { message: string; data: TrackBody }).data;
    expect(created).toMatchObject({
      title: 'Night drive',
      artist: creator.username,
      tags: ['night', 'drive'],
      bpm: 124,
      key: 'F#m',
      status: 'processing',
      is_public: true,
      is_downloadable: false,
      duration_seconds: null,
    });
    const track = await waitForTrack(test, creator, created.id);
    expect(track).toMatchObject({ status: 'ready', format: 'mp3', size_bytes: file.length });
    expect(Math.abs((track.duration_seconds ?? 0) - 1.5)).toBeLessThan(0.1);
    const [row] = await test.sql<{ sha256: string; file_name: string; temporary_key: null }>(
      'SELECT sha256, file_name, temporary_key FROM tracks WHERE id = $1',
      [track.id],
    );
    expect(row).toEqual({
      sha256: createHash('sha256').update(file).digest('hex'),
      file_name: 'passwd.mp3',
      temporary_key: null,
    });
  });

  it('accepts the field name file, and fields behind the file', async () => {
    const response = await post().attach('file', wav, 'a.wav').field('title', 'Behind').expect(201);
    expect((await waitForTrack(test, creator, (response.body as { data: TrackBody }).data.id)).status).toBe(
      'ready',
    );
  });

  it('keeps an uploaded artwork as the cover', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const response = await post()
      .field('title', 'Covered')
      .attach('artwork', png, 'cover.png')
      .attach('audio', wav, 'a.wav')
      .expect(201);
    const track = await waitForTrack(test, creator, (response.body as { data: TrackBody }).data.id);
    const cover = await test.http
      .get(String(track.cover_url))
      .expect(200)
      .expect('Content-Type', 'image/png');
    expect(cover.body).toEqual(png);
  });

  it('ends a damaged file as failed with a reason that only its owner sees', async () => {
    const cut = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000, declaredDataBytes: 10_000_000 });
    const track = await newTrack(test, creator, { file: cut });
    expect(track).toMatchObject({ status: 'failed', failure: { code: 'TRUNCATED' } });
    await test.http.get(api(`/tracks/${track.id}`)).expect(404);
  });

  it('refuses anonymous callers and listeners', async () => {
    const before = await stored();
    const anonymous = await test.http.post(api('/tracks')).field('title', 'x').attach('audio', wav, 'a.wav');
    expect([anonymous.status, (anonymous.body as { error: { code: string } }).error.code]).toEqual([
      401,
      'AUTH_TOKEN_INVALID',
    ]);
    const foreign = await post(listener).field('title', 'x').attach('audio', wav, 'a.wav');
    expect([foreign.status, (foreign.body as { error: { code: string } }).error.code]).toEqual([
      403,
      'AUTH_INSUFFICIENT_PERMISSIONS',
    ]);
    await expectNothingKept(before);
  });

  it.each<[string, number, string, (request: ReturnType<typeof post>) => unknown]>([
    ['no title', 400, 'VALIDATION_ERROR', (r) => r.attach('audio', wav, 'a.wav')],
    [
      'an unknown field',
      400,
      'VALIDATION_ERROR',
      (r) => r.field({ title: 'x', status: 'ready' }).attach('audio', wav, 'a.wav'),
    ],
    [
      'a bad tempo',
      400,
      'VALIDATION_ERROR',
      (r) => r.field({ title: 'x', bpm: '9' }).attach('audio', wav, 'a.wav'),
    ],
    [
      'a NUL in the title',
      400,
      'VALIDATION_ERROR',
      (r) => r.field({ title: 'a\0b' }).attach('audio', wav, 'a.wav'),
    ],
    ['no file', 400, 'VALIDATION_ERROR', (r) => r.field({ title: 'x' })],
    [
      'two files',
      400,
      'VALIDATION_ERROR',
      (r) => r.field({ title: 'x' }).attach('audio', wav, 'a.wav').attach('file', wav, 'b.wav'),
    ],
    [
      'another extension',
      422,
      'TRACK_INVALID_FORMAT',
      (r) => r.field({ title: 'x' }).attach('audio', wav, 'a.exe'),
    ],
    [
      'a type that does not match',
      422,
      'TRACK_INVALID_FORMAT',
      (r) => r.field({ title: 'x' }).attach('audio', wav, { filename: 'a.wav', contentType: 'image/png' }),
    ],
    [
      'bytes that do not match',
      422,
      'TRACK_INVALID_FORMAT',
      (r) => r.field({ title: 'x' }).attach('audio', Buffer.from('<html>'), 'a.mp3'),
    ],
    [
      'an empty file',
      422,
      'TRACK_INVALID_FORMAT',
      (r) => r.field({ title: 'x' }).attach('audio', Buffer.alloc(0), 'a.wav'),
    ],
    [
      'artwork that is no picture',
      422,
      'TRACK_INVALID_ARTWORK',
      (r) => r.field({ title: 'x' }).attach('artwork', wav, 'a.png').attach('audio', wav, 'a.wav'),
    ],
    [
      'a file over the limit',
      413,
      'TRACK_FILE_TOO_LARGE',
      (r) => r.field({ title: 'x' }).attach('audio', synthesizeWav({ durationMs: 13_000 }), 'a.wav'),
    ],
    ['no form', 415, 'UNSUPPORTED_MEDIA_TYPE', (r) => r.send({ title: 'x' })],
  ])('refuses %s and keeps nothing', async (_what, status, code, send) => {
    const before = await stored();
    const response = (await send(post())) as { status: number; body: { error: { code: string } } };
    expect([response.status, response.body.error.code]).toEqual([status, code]);
    await expectNothingKept(before);
  });

  it('refuses the eleventh parallel upload with 503 and Retry-After, and cleans up after callers that hang up', async () => {
    const before = await stored();
    const { port } = new URL(test.url);
    const begun: ClientRequest[] = [];
    for (let i = 0; i < 10; i += 1) {
      const upload = httpRequest({
        port,
        host: '127.0.0.1',
        path: api('/tracks'),
        method: 'POST',
        headers: { ...creator.auth, 'Content-Type': 'multipart/form-data; boundary=x' },
      });
      upload.on('error', () => undefined);
      upload.write(
        '--x\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n',
      );
      upload.write(wav);
      begun.push(upload);
    }
    const eleventh = await waitFor(
      async () => {
        const response = await post().field('title', 'x').attach('audio', Buffer.alloc(0), 'a.wav');
        return response.status === 503 ? response : null;
      },
      { what: 'all slots to be taken' },
    );
    expect(eleventh.headers['retry-after']).toBe('10');
    expect((eleventh.body as { error: { code: string } }).error.code).toBe('UPLOAD_CAPACITY_REACHED');
    for (const upload of begun) upload.destroy();
    await waitFor(
      async () => (await post().field('title', 'x').attach('audio', Buffer.alloc(0), 'a.wav')).status === 422,
      { what: 'the slots of the broken uploads to be free again' },
    );
    await waitFor(async () => (await readdir(join(test.uploadDir, 'tmp'))).length === 0, {
      what: 'the broken uploads to be removed',
    });
    await expectNothingKept(before);
    await newTrack(test, creator);
  });
});

describe('POST /tracks with CLAMAV_REQUIRED', () => {
  it('refuses uploads with 503 while no scanner answers', async () => {
    const test = await createTestApp({ env: { CLAMAV_REQUIRED: 'true', CLAMAV_ADDRESS: '127.0.0.1:9' } });
    const creator = await newActor(test, { role: 'creator' });
    const response = await test.http
      .post(api('/tracks'))
      .set(creator.auth)
      .field('title', 'x')
      .attach('audio', wav, 'a.wav')
      .expect(503);
    expect((response.body as { error: { code: string } }).error.code).toBe('VIRUS_SCANNER_UNAVAILABLE');
    expect(await test.sql('SELECT id FROM tracks')).toEqual([]);
    await test.close();
  });
});
