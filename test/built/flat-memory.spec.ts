import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { uploadBigWav } from '../support/big-upload.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { collectedBytes, MEMORY_REPORTING, printSamples, sampleMemory } from '../support/memory-samples.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(300_000);

const PARALLEL = 10;
const FILE_BYTES = 100 * 2 ** 20;
/** Ten files are a thousand; what each connection keeps under way is far below a megabyte. */
const MAX_GROWTH_BYTES = 64 * 2 ** 20;
const PASSWORD = 'Granite-otter-47!';

/** Resident memory of the built server, as the kernel counts it, after a collection. */
describe('memory of the built server', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let sql: Client;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'veza-big-'));
    database = await createEmptyDatabase();
    server = await startServerProcess(
      database.url,
      {
        UPLOAD_DIR: join(folder, 'uploads'),
        MAIL_DIR: join(folder, 'mail'),
        CLAMAV_REQUIRED: 'false',
        LOG_LEVEL: 'WARN',
      },
      { nodeArgs: MEMORY_REPORTING },
    );
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    token = await signUp();
  });

  afterAll(async () => {
    await server.stop();
    await sql.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function signUp(): Promise<string> {
    const post = async (
      path: string,
      body: object,
      bearer?: string,
    ): Promise<ReturnType<typeof JSON.parse>> => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { data: unknown }).data;
    };
    const account = { email: 'big@example.test', password: PASSWORD };
    const { access_token: access } = await post('/auth/register', { username: 'bigfiles', ...account });
    await post('/users/me/become-creator', {}, access);
    return access;
  }

  const readyTracks = async (): Promise<{ id: string; sha256: string }[]> =>
    (
      await sql.query<{ id: string; sha256: string }>(
        `SELECT id, sha256 FROM tracks WHERE status = 'ready' AND size_bytes = $1`,
        [FILE_BYTES],
      )
    ).rows;

  async function hashOfDownload(id: string): Promise<string> {
    const response = await fetch(`${server.url}/api/v1/tracks/${id}/download`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    const hash = createHash('sha256');
    for await (const chunk of response.body!) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  }

  it('stays flat while ten files of 100 MB are uploaded and downloaded side by side', async () => {
    // Whatever the first requests load stays loaded.
    for (let round = 0; round < 3; round += 1)
      await uploadBigWav(server.url, { token, title: 'Warm up', sizeBytes: 2 ** 20 });
    await waitFor(
      async () => (await sql.query(`SELECT 1 FROM tracks WHERE status = 'processing'`)).rowCount === 0,
    );
    const baseBytes = await collectedBytes(server);
    const sent = Array.from({ length: PARALLEL }, (_, index) =>
      uploadBigWav(server.url, { token, title: `Big ${String(index)}`, sizeBytes: FILE_BYTES }),
    );
    const up = await sampleMemory(
      server,
      Promise.all(sent).then(async (uploads) => {
        await waitFor(async () => (await readyTracks()).length === PARALLEL, { timeoutMs: 120_000 });
        return uploads;
      }),
    );
    printSamples('Ten uploads of 100 MB', baseBytes, up.samples);
    expect(up.result.map(({ status }) => status)).toEqual(Array(PARALLEL).fill(201));
    const stored = new Map((await readyTracks()).map(({ id, sha256 }) => [id, sha256]));
    for (const { id, sha256 } of up.result) expect(stored.get(id)).toBe(sha256);
    const down = await sampleMemory(server, Promise.all(up.result.map(({ id }) => hashOfDownload(id))));
    printSamples('Ten downloads of 100 MB', baseBytes, down.samples);
    expect(down.result).toEqual(up.result.map(({ sha256 }) => sha256));
    expect(Math.max(...up.samples, ...down.samples) - baseBytes).toBeLessThan(MAX_GROWTH_BYTES);
    expect(up.samples.length).toBeGreaterThan(PARALLEL);
  });
});
