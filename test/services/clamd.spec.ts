import { open, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirusScanner } from '../../src/infrastructure/antivirus/index.js';
import { parseConfig } from '../../src/infrastructure/config/index.js';
import { synthesizeWav } from '../support/audio-fixtures.js';
import { Clamd, EICAR, findClamd } from '../support/clamd.js';
import { type Actor, type TestApp, api, createTestApp, newActor, waitFor } from '../support/index.js';
import { describeWhen } from '../support/skips.js';

const binary = findClamd();
const REASON = 'there is no clamd (Debian: apt-get install clamav-daemon)';
/** What Debian and older images of ClamAV come with. */
const OLD_SIZES = ['StreamMaxLength 25M', 'MaxFileSize 25M'];
const MEBIBYTE = 2 ** 20;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const clean = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000 });
const infected = Buffer.from(clean);
EICAR.copy(infected, infected.length - 2 * EICAR.length);

const scannerAt = (address: string, env: Record<string, string> = {}): VirusScanner =>
  new VirusScanner(
    parseConfig({
      APP_ENV: 'test',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
      CLAMAV_REQUIRED: 'true',
      CLAMAV_ADDRESS: address,
      ...env,
    }),
  );

describeWhen(binary !== null, REASON, 'POST /tracks with a real clamd', () => {
  let clamd: Clamd;
  let test: TestApp;
  let lenient: TestApp;
  let impatient: TestApp;
  let creator: Actor;

  beforeAll(async () => {
    clamd = await Clamd.start(binary ?? '');
    const env = { CLAMAV_ADDRESS: clamd.address, CLAMAV_REQUIRED: 'true' };
    test = await createTestApp({ env });
    const { database, uploadDir: UPLOAD_DIR } = test;
    lenient = await createTestApp({ database, env: { ...env, UPLOAD_DIR, CLAMAV_REQUIRED: 'false' } });
    impatient = await createTestApp({ database, env: { ...env, UPLOAD_DIR, CLAMAV_TIMEOUT: '300ms' } });
    creator = await newActor(test, { role: 'creator' });
  });
  afterAll(async () => {
    await impatient.close();
    await lenient.close();
    await test.close();
    await clamd.close();
  });

  const upload = (to: TestApp, audio: Buffer) =>
    to.http.post(api('/tracks')).set(creator.auth).field('title', 'x').attach('audio', audio, 'a.wav');
  const kept = async (): Promise<unknown> => ({
    rows: await test.sql(
      `SELECT (SELECT count(*) FROM tracks) AS tracks, (SELECT count(*) FROM outbox_events) AS events,
              (SELECT count(*) FROM audit_logs) AS audits`,
    ),
    files: await readdir(test.uploadDir, { recursive: true }).catch(() => []),
  });
  const allProcessed = () =>
    waitFor(async () => (await test.sql(`SELECT 1 FROM tracks WHERE status = 'processing'`)).length === 0, {
      what: 'the uploads before to be processed',
    });
  /** @returns the answer of an upload that was refused and left nothing */
  const refused = async (to: TestApp, audio: Buffer, status: number, code: string, artwork?: Buffer) => {
    await allProcessed();
    const before = await kept();
    const form = upload(to, audio);
    const answer = await (artwork === undefined ? form : form.attach('artwork', artwork, 'cover.png'));
    expect([answer.status, (answer.body as { error: { code: string } }).error.code]).toEqual([status, code]);
    expect(await kept()).toEqual(before);
    return answer;
  };

  it('accepts a clean file', async () => {
    const { body } = await upload(test, clean).expect(201);
    const [row] = await test.sql('SELECT size_bytes::int FROM tracks WHERE id = $1', [
      (body as { data: { id: string } }).data.id,
    ]);
    expect(row).toEqual({ size_bytes: clean.length });
  });

  it('refuses an infected file and keeps nothing of it, required or not', async () => {
    await refused(test, infected, 422, 'FILE_INFECTED');
    await refused(lenient, infected, 422, 'FILE_INFECTED');
  });

  it('refuses an infected artwork with its track', async () => {
    await refused(test, clean, 422, 'FILE_INFECTED', Buffer.concat([PNG, EICAR]));
  });

  it('accepts a file of 30 MB with the sizes of docker/clamd.conf', async () => {
    const long = synthesizeWav({ durationMs: 170_000, sampleRateHz: 44_100, channels: 2 });
    expect(long.length).toBeGreaterThan(28 * MEBIBYTE);
    await upload(test, long).expect(201);
  });

  it('refuses with 503 while clamd is silent', async () => {
    clamd.freeze();
    try {
      await refused(impatient, clean, 503, 'VIRUS_SCANNER_UNAVAILABLE');
    } finally {
      clamd.resume();
    }
  });

  it('refuses with 503 while clamd is away, or accepts unscanned, and goes on when it is back', async () => {
    await clamd.kill();
    const answer = await refused(test, clean, 503, 'VIRUS_SCANNER_UNAVAILABLE');
    expect(answer.headers['retry-after']).toBe('60');
    await upload(lenient, clean).expect(201);
    await clamd.run();
    await upload(test, clean).expect(201);
    await refused(test, infected, 422, 'FILE_INFECTED');
  });
});

describeWhen(binary !== null, REASON, 'VirusScanner with large files', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veza-scan-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A file with EICAR as its last bytes. */
  const fileOf = async (sizeBytes: number): Promise<string> => {
    const path = join(folder, String(sizeBytes));
    const file = await open(path, 'w');
    await file.truncate(sizeBytes - EICAR.length);
    await file.write(EICAR, 0, EICAR.length, sizeBytes - EICAR.length);
    await file.close();
    return path;
  };

  it('looks into the last byte of the largest upload with the sizes of docker/clamd.conf', async () => {
    const clamd = await Clamd.start(binary ?? '');
    try {
      await expect(scannerAt(clamd.address).scan(await fileOf(100 * MEBIBYTE))).resolves.toBe('infected');
    } finally {
      await clamd.close();
    }
  });

  it('gives no verdict on a file over StreamMaxLength and says which setting to change', async () => {
    const clamd = await Clamd.start(binary ?? '', OLD_SIZES);
    try {
      const path = await fileOf(30 * MEBIBYTE);
      await expect(scannerAt(clamd.address).scan(path)).rejects.toMatchObject({
        code: 'VIRUS_SCANNER_UNAVAILABLE',
        cause: { message: expect.stringMatching(/StreamMaxLength|size limit/) as string },
      });
      await expect(scannerAt(clamd.address, { CLAMAV_REQUIRED: 'false' }).scan(path)).resolves.toBe(
        'unscanned',
      );
      await expect(scannerAt(clamd.address).scan(await fileOf(24 * MEBIBYTE))).resolves.toBe('infected');
    } finally {
      await clamd.close();
    }
  });

  it('sends no more than a silent clamd takes, and gives up in time', async () => {
    const clamd = await Clamd.start(binary ?? '');
    try {
      clamd.freeze();
      const scan = scannerAt(clamd.address, { CLAMAV_TIMEOUT: '1s' }).scan(await fileOf(100 * MEBIBYTE));
      const { cause } = (await scan.catch((error: unknown) => error)) as { cause: Error };
      const sentBytes = Number(/within 1000 ms, (\d+) bytes/.exec(cause.message)?.[1]);
      expect(sentBytes).toBeGreaterThan(0);
      expect(sentBytes).toBeLessThan(20 * MEBIBYTE);
    } finally {
      await clamd.close();
    }
  });
});
