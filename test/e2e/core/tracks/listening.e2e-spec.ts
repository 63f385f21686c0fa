import { createHash } from 'node:crypto';
import { synthesizeWav } from '../../../support/audio-fixtures.js';
import {
  type Actor,
  TEST_INTERNAL_KEY,
  type TestApp,
  type TrackBody,
  api,
  createTestApp,
  newActor,
  newTrack,
  waitFor,
} from '../../../support/index.js';

const file = synthesizeWav({ durationMs: 1_000, sampleRateHz: 8_000 });
const sha256 = createHash('sha256').update(file).digest('hex');

describe('listening to tracks', () => {
  let test: TestApp;
  let owner: Actor;
  let stranger: Actor;
  let open: TrackBody;
  let hidden: TrackBody;

  beforeAll(async () => {
    test = await createTestApp();
    owner = await newActor(test, { role: 'creator' });
    stranger = await newActor(test);
    open = await newTrack(test, owner, { file, fileName: 'Été 1.wav' });
    hidden = await newTrack(test, owner, { file, fields: { title: 'Secret', is_public: 'false' } });
  });
  afterAll(() => test.close());
  afterEach(() => test.clock.reset());

  const codeOf = (response: { body: unknown }): string =>
    (response.body as { error: { code: string } }).error.code;
  const linkOf = async (track: TrackBody, actor?: Actor): Promise<string> => {
    const request = test.http.get(api(`/tracks/${track.id}/stream`));
    if (actor !== undefined) void request.set(actor.auth);
    return ((await request.expect(200)).body as { data: { stream_url: string } }).data.stream_url;
  };

  describe('GET /tracks/:id/stream', () => {
    it('hands out a signed link with what there is to play', async () => {
      const response = await test.http.get(api(`/tracks/${open.id}/stream`)).expect(200);
      expect((response.body as { data: unknown }).data).toMatchObject({
        track_id: open.id,
        quality: 'original',
        format: 'wav',
        duration: 1,
        stream_url: expect.stringMatching(
          /^\/stream\/[0-9a-f-]{36}\?exp=\d+&sub=\*&sig=[0-9a-f]{64}$/,
        ) as string,
      });
    });

    it('signs private tracks for their owner alone', async () => {
      expect(await linkOf(hidden, owner)).toContain(`sub=${owner.id}`);
      await test.http.get(api(`/tracks/${hidden.id}/stream`)).expect(404);
      await test.http
        .get(api(`/tracks/${hidden.id}/stream`))
        .set(stranger.auth)
        .expect(404);
      await test.http.get(api('/tracks/x/stream')).expect(400);
    });
  });

  describe('GET /stream/:track_id', () => {
    it('serves the bytes, whole and in parts, with HEAD and validators', async () => {
      const link = await linkOf(open);
      const whole = await test.http.get(link).expect(200);
      expect(whole.headers).toMatchObject({
        'content-type': 'audio/wav',
        'accept-ranges': 'bytes',
        'content-length': String(file.length),
        etag: `"${sha256}"`,
      });
      expect(
        createHash('sha256')
          .update(whole.body as Buffer)
          .digest('hex'),
      ).toBe(sha256);
      const head = await test.http.head(link).expect(200);
      expect(head.headers['content-length']).toBe(String(file.length));
      const part = await test.http.get(link).set('Range', 'bytes=100-199').expect(206);
      expect(part.headers['content-range']).toBe(`bytes 100-199/${String(file.length)}`);
      expect(part.body).toEqual(file.subarray(100, 200));
      const tail = await test.http.get(link).set('Range', 'bytes=-10').expect(206);
      expect(tail.body).toEqual(file.subarray(-10));
      await test.http.get(link).set('If-None-Match', `"${sha256}"`).expect(304);
      await test.http.get(link).set({ Range: 'bytes=0-9', 'If-Range': '"other"' }).expect(200);
      await test.http
        .get(link)
        .set({ Range: 'bytes=0-9', 'If-Range': `"${sha256}"` })
        .expect(206);
      await test.http.get(link).set('Range', 'lines=1-2').expect(200);
    });

    it('answers 416 to a range beyond the end', async () => {
      const response = await test.http
        .get(await linkOf(open))
        .set('Range', `bytes=${String(file.length)}-`)
        .expect(416);
      expect(codeOf(response)).toBe('RANGE_NOT_SATISFIABLE');
      expect(response.headers['content-range']).toBe(`bytes */${String(file.length)}`);
    });

    it('refuses a link that was changed, belongs to another track, or is over', async () => {
      const link = await linkOf(open);
      const url = new URL(link, 'http://x');
      const { exp = '', sub = '', sig = '' } = Object.fromEntries(url.searchParams);
      const variants = [
        `/stream/${hidden.id}${url.search}`,
        `${url.pathname}?exp=${String(Number(exp) + 1)}&sub=${sub}&sig=${sig}`,
        `${url.pathname}?exp=${exp}&sub=${stranger.id}&sig=${sig}`,
        `${url.pathname}?exp=${exp}&sub=${sub}&sig=${'0'.repeat(64)}`,
      ];
      for (const variant of variants) {
        expect(codeOf(await test.http.get(variant).expect(403))).toBe('STREAM_LINK_INVALID');
      }
      await test.http.get(url.pathname).expect(400);
      test.clock.advance(3_600_001);
      expect(codeOf(await test.http.get(link).expect(403))).toBe('STREAM_LINK_INVALID');
    });
  });

  describe('GET /tracks/:id/download', () => {
    const downloads = async (id: string): Promise<string> =>
      (await test.sql<{ download_count: string }>('SELECT download_count FROM tracks WHERE id = $1', [id]))[0]
        ?.download_count ?? '';

    it('gives owners their file under its name and counts it once', async () => {
      const before = Number(await downloads(open.id));
      const response = await test.http
        .get(api(`/tracks/${open.id}/download`))
        .set(owner.auth)
        .expect(200);
      expect(response.headers['content-disposition']).toBe(
        `attachment; filename="_t_ 1.wav"; filename*=UTF-8''%C3%89t%C3%A9%201.wav`,
      );
      expect(
        createHash('sha256')
          .update(response.body as Buffer)
          .digest('hex'),
      ).toBe(sha256);
      await test.http
        .get(api(`/tracks/${open.id}/download`))
        .set({ ...owner.auth, Range: 'bytes=10-19' })
        .expect(206);
      await test.http
        .head(api(`/tracks/${open.id}/download`))
        .set(owner.auth)
        .expect(200);
      // The count is written behind the last byte.
      await waitFor(async () => Number(await downloads(open.id)) > before, {
        what: 'the download to be counted',
      });
      expect(Number(await downloads(open.id))).toBe(before + 1);
    });

    it('refuses everybody else until the owner allows it (C70)', async () => {
      for (const request of [
        test.http.get(api(`/tracks/${open.id}/download`)),
        test.http.get(api(`/tracks/${open.id}/download`)).set(stranger.auth),
      ]) {
        expect(codeOf(await request.expect(403))).toBe('TRACK_DOWNLOAD_NOT_ALLOWED');
      }
      await test.http
        .put(api(`/tracks/${open.id}`))
        .set(owner.auth)
        .send({ is_downloadable: true })
        .expect(200);
      await test.http.get(api(`/tracks/${open.id}/download`)).expect(200);
      await test.http
        .get(api(`/tracks/${hidden.id}/download`))
        .set(stranger.auth)
        .expect(404);
      await test.http.get(api('/tracks/x/download')).expect(400);
    });
  });

  describe('GET /tracks/:id/cover', () => {
    it('is 404 for a track without one, a hidden track and a bad id is 400', async () => {
      await test.http.get(api(`/tracks/${open.id}/cover`)).expect(404);
      await test.http
        .get(api(`/tracks/${hidden.id}/cover`))
        .set(stranger.auth)
        .expect(404);
      await test.http.get(api('/tracks/x/cover')).expect(400);
    });
  });

  describe('POST /internal/tracks/:id/stream-ready', () => {
    const report = (id: string, body: object, key: string | null = TEST_INTERNAL_KEY) => {
      const request = test.http.post(api(`/internal/tracks/${id}/stream-ready`));
      return (key === null ? request : request.set('X-Internal-API-Key', key)).send(body);
    };
    const url = 'http://127.0.0.1:8082/hls/a.m3u8';

    it('records where the stream is, once or many times', async () => {
      await report(open.id, { status: 'ready', stream_manifest_url: url }).expect(200);
      await report(open.id, { status: 'ready', stream_manifest_url: url }).expect(200);
      const response = await test.http.get(api(`/tracks/${open.id}`)).expect(200);
      expect((response.body as { data: TrackBody }).data).toMatchObject({
        status: 'ready',
        stream_manifest_url: url,
      });
    });

    it('takes the key as a bearer as well', async () => {
      await test.http
        .post(api(`/internal/tracks/${open.id}/stream-ready`))
        .set('Authorization', `Bearer ${TEST_INTERNAL_KEY}`)
        .send({ status: 'ready' })
        .expect(200);
    });

    it('refuses strangers, users, bad bodies and unknown tracks', async () => {
      const before = await test.sql('SELECT * FROM tracks ORDER BY id');
      await report(open.id, { status: 'failed' }, null).expect(401);
      await report(open.id, { status: 'failed' }, 'wrong').expect(401);
      await test.http
        .post(api(`/internal/tracks/${open.id}/stream-ready`))
        .set(owner.auth)
        .send({ status: 'failed' })
        .expect(401);
      await report(open.id, { status: 'done' }).expect(400);
      await report(open.id, { status: 'ready', stream_manifest_url: 'javascript:alert(1)' }).expect(400);
      await report('00000000-0000-4000-8000-000000000000', { status: 'ready' }).expect(404);
      expect(await test.sql('SELECT * FROM tracks ORDER BY id')).toEqual(before);
    });
  });
});
