import { synthesizeWav } from '../../../support/audio-fixtures.js';
import {
  type Actor,
  TEST_INTERNAL_KEY,
  type TestApp,
  type TrackBody,
  api,
  createTestApp,
  newActor,
  waitFor,
} from '../../../support/index.js';

describe('MEDIA_PROCESSOR=external', () => {
  let test: TestApp;
  let owner: Actor;

  beforeAll(async () => {
    test = await createTestApp({ env: { MEDIA_PROCESSOR: 'external' } });
    owner = await newActor(test, { role: 'creator' });
  });
  afterAll(() => test.close());

  const upload = async (): Promise<string> => {
    const response = await test.http
      .post(api('/tracks'))
      .set(owner.auth)
      .field('title', 'Outside')
      .attach('audio', synthesizeWav({ durationMs: 300 }), 'a.wav')
      .expect(201);
    const { id } = (response.body as { data: TrackBody }).data;
    await waitFor(
      async () =>
        (await test.sql('SELECT 1 FROM tracks WHERE id = $1 AND temporary_key IS NULL', [id])).length === 1,
      { what: 'the file to be published' },
    );
    return id;
  };
  const report = (id: string, body: object) =>
    test.http
      .post(api(`/internal/tracks/${id}/stream-ready`))
      .set('X-Internal-API-Key', TEST_INTERNAL_KEY)
      .send(body);
  const show = async (id: string): Promise<TrackBody> =>
    (
      (
        await test.http
          .get(api(`/tracks/${id}`))
          .set(owner.auth)
          .expect(200)
      ).body as { data: TrackBody }
    ).data;

  it('waits for the stream server and takes its length', async () => {
    const id = await upload();
    expect((await show(id)).status).toBe('processing');
    await report(id, { status: 'ready' }).expect(400);
    await report(id, { status: 'ready', duration_seconds: null }).expect(400);
    expect((await show(id)).status).toBe('processing');
    await report(id, { status: 'ready', duration_seconds: 0.3 }).expect(200);
    expect(await show(id)).toMatchObject({ status: 'ready', duration_seconds: 0.3 });
    await report(id, { status: 'failed', error: 'late' }).expect(200);
    expect((await show(id)).status).toBe('ready');
  });

  it('takes a failure with its reason', async () => {
    const id = await upload();
    await report(id, {
      status: 'failed',
      stream_manifest_url: null,
      duration_seconds: null,
      error: 'no codec',
    }).expect(200);
    expect(await show(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'STREAM_SERVER_FAILED', message: 'no codec' },
    });
  });
});
