import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { synthesizeWav } from '../../../support/audio-fixtures.js';
import {
  type Actor,
  type TestApp,
  api,
  createTestApp,
  newActor,
  newTrack,
  waitFor,
} from '../../../support/index.js';

const WAV = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000 });
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const TITLE = Buffer.from('Content-Disposition: form-data; name="title"\r\n\r\nA song');

const filePart = (disposition: string, type: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`Content-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n`),
    content,
  ]);

describe('forms that no honest client sends to POST /tracks', () => {
  let test: TestApp;
  let creator: Actor;

  beforeAll(async () => {
    test = await createTestApp({ listen: true, env: { MAX_CONCURRENT_UPLOADS: '1' } });
    creator = await newActor(test, { role: 'creator' });
  });
  afterAll(() => test.close());

  const upload = async (...parts: Buffer[]) => {
    const body = Buffer.concat([
      ...parts.flatMap((part) => [Buffer.from('--X\r\n'), part, Buffer.from('\r\n')]),
      Buffer.from('--X--\r\n'),
    ]);
    const response = await fetch(test.url + api('/tracks'), {
      method: 'POST',
      headers: { ...creator.auth, 'Content-Type': 'multipart/form-data; boundary=X' },
      body,
    });
    return { status: response.status, body: (await response.json()) as { error?: { code: string } } };
  };
  const expectNothingKept = async (): Promise<void> => {
    expect(await test.sql('SELECT 1 FROM tracks')).toEqual([]);
    expect(await readdir(join(test.uploadDir, 'tmp')).catch(() => [])).toEqual([]);
  };

  it('refuses a file without a name', async () => {
    const { status, body } = await upload(TITLE, filePart('name="audio"', 'application/octet-stream', WAV));
    expect([status, body.error?.code]).toEqual([422, 'TRACK_INVALID_FORMAT']);
    await expectNothingKept();
  });

  it('refuses a second artwork', async () => {
    const { status, body } = await upload(
      TITLE,
      filePart('name="artwork"; filename="a.png"', 'image/png', PNG),
      filePart('name="artwork"; filename="b.png"', 'image/png', PNG),
    );
    expect([status, body.error?.code]).toEqual([400, 'VALIDATION_ERROR']);
    await expectNothingKept();
  });

  it('gives back the slot of an upload that has stalled', async () => {
    const server = test.app.getHttpServer();
    expect(server.timeout).toBeGreaterThan(0);
    server.timeout = 300;
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(
      `POST ${api('/tracks')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${creator.token}\r\n` +
        'Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 100000\r\n\r\n--X\r\n',
    );
    socket.write(filePart('name="audio"; filename="a.wav"', 'audio/wav', WAV));
    await closed;
    server.timeout = 120_000;
    const part = filePart('name="audio"; filename="a.wav"', 'audio/wav', WAV);
    await waitFor(async () => ((await upload(TITLE, part)).status === 201 ? true : null), {
      what: 'the slot to be free',
    });
    expect(await test.sql('SELECT 1 FROM tracks')).toHaveLength(1);
  });

  it.each([
    ['a control character', 'filename="a\0b.wav"'],
    ['an encoded one', "filename*=UTF-8''a%00b.wav"],
  ])('keeps a file name without %s', async (_what, fileName) => {
    const { status } = await upload(TITLE, filePart(`name="audio"; ${fileName}`, 'audio/wav', WAV));
    expect(status).toBe(201);
    expect(await test.sql('SELECT file_name FROM tracks ORDER BY created_at DESC LIMIT 1')).toEqual([
      { file_name: 'ab.wav' },
    ]);
  });

  it('ends the links of everybody when a track becomes private', async () => {
    const track = await newTrack(test, creator);
    const answer = await test.http.get(api(`/tracks/${track.id}/stream`)).expect(200);
    const link = (answer.body as { data: { stream_url: string } }).data.stream_url;
    await test.http.get(link).expect(200);
    await test.http
      .put(api(`/tracks/${track.id}`))
      .set(creator.auth)
      .send({ is_public: false })
      .expect(200);
    const refused = await test.http.get(link).expect(403);
    expect(refused.body.error.code).toBe('STREAM_LINK_INVALID');
  });
});
