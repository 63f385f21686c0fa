import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmptyDatabase, type TestDatabase, waitFor } from '../support/index.js';

const MAIN = join(__dirname, '..', '..', 'dist', 'src', 'main.js');
const START_MS = 60_000;
const SECRET = 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa';

let folder: string;
let server: ChildProcess | null = null;
let stdout = '';
let stderr = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'veza-production-'));
  [stdout, stderr] = ['', ''];
});

afterEach(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the built server with these variables and nothing else, in a folder without any file. */
function start(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [MAIN], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  server = child;
  return child;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('the built server in production', () => {
  it('prints every problem at once, without secrets, and ends with 78 before it listens', async () => {
    const port = await findFreePort();
    const child = start({
      APP_ENV: 'production',
      APP_PORT: String(port),
      JWT_SECRET: 'short-but-secret',
      CSRF_DISABLED: 'true',
      PSP_TIMEOUT: 'soon',
      CACHE_ENABLE_L3: 'true',
    });
    const [exitCode] = (await once(child, 'exit')) as [number | null];
    expect(exitCode).toBe(78);
    expect(
      stderr
        .match(/^ {2}- (\w+)/gm)
        ?.map((line) => line.slice(4))
        .sort(),
    ).toEqual([
      'CACHE_ENABLE_L3',
      'CORS_ALLOWED_ORIGINS',
      'CSRF_DISABLED',
      'DATABASE_URL',
      'JWT_SECRET',
      'PSP_TIMEOUT',
    ]);
    expect(stdout + stderr).not.toContain('short-but-secret');
  });

  describe('with the four variables of S0', () => {
    let database: TestDatabase;
    let url: string;

    beforeEach(async () => {
      database = await createEmptyDatabase();
      const port = await findFreePort();
      url = `http://127.0.0.1:${String(port)}`;
      const child = start({
        APP_ENV: 'production',
        JWT_SECRET: SECRET,
        DATABASE_URL: database.url,
        CORS_ALLOWED_ORIGINS: 'https://app.example.com',
        // A fifth one only because several suites run on this machine.
        APP_PORT: String(port),
      });
      await waitFor(
        async () => {
          if (child.exitCode !== null) throw new Error(`The server ended: ${stdout}${stderr}`);
          return (await fetch(`${url}/readyz`)).status === 200;
        },
        { timeoutMs: START_MS, what: 'the server' },
      );
    }, START_MS);

    afterEach(async () => {
      if (server && server.exitCode === null) {
        server.kill('SIGTERM');
        await once(server, 'exit');
      }
      await database.drop();
    });

    it('migrates, serves, and says what has no keys', async () => {
      const status = (await (await fetch(`${url}/status`)).json()) as { components: object };
      expect(status.components).toMatchObject({
        database: { status: 'healthy' },
        redis: { status: 'disabled' },
        rabbitmq: { status: 'disabled' },
        payment_provider: { status: 'not_configured' },
        payout_provider: { status: 'not_configured' },
      });
      const webhook = await fetch(`${url}/api/v1/webhooks/hyperswitch`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect(webhook.status).toBe(503);
      expect(await webhook.json()).toMatchObject({ error: { code: 'PROVIDER_NOT_CONFIGURED' } });
    });

    it('writes JSON lines with the fields of the documents and no query string', async () => {
      await fetch(`${url}/api/v1/tracks?limit=1&token=tk-4711`);
      const line = await waitFor(() => stdout.split('\n').find((text) => text.includes('"/api/v1/tracks"')));
      expect(JSON.parse(line)).toMatchObject({
        level: 'INFO',
        message: 'GET /api/v1/tracks 400',
        route: '/api/v1/tracks',
        status: 400,
        request_id: expect.any(String) as string,
        trace_id: expect.any(String) as string,
        ip: '127.0.0.1',
      });
      expect(stdout).not.toContain('tk-4711');
    });

    it('shows metrics to this machine and not to a stranger behind a proxy', async () => {
      expect((await fetch(`${url}/metrics`)).status).toBe(200);
      const stranger = await fetch(`${url}/metrics`, { headers: { 'X-Forwarded-For': '203.0.113.9' } });
      expect(stranger.status).toBe(403);
      expect(await stranger.json()).toMatchObject({ error: { code: 'METRICS_FORBIDDEN' } });
    });
  });
});
