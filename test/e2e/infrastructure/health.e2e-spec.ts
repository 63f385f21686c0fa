import { createServer, type AddressInfo, type Server, type Socket, connect } from 'node:net';
import { once } from 'node:events';
import request from 'supertest';
import {
  createTestApp,
  createTestDatabase,
  waitFor,
  type TestApp,
  type TestDatabase,
} from '../../support/index.js';

/** A line to PostgreSQL that a test can cut and mend. */
class CuttableLine {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  private port = 0;

  constructor(private readonly target: URL) {}

  async open(): Promise<string> {
    this.server = createServer((client) => {
      const upstream = connect(Number(this.target.port), this.target.hostname);
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.pipe(upstream).pipe(client);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async cut(): Promise<void> {
    const server = this.server;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }
}

describe('health of the whole application', () => {
  let database: TestDatabase;
  let line: CuttableLine;
  let app: TestApp;
  const get = (path: string): request.Test => request(app.app.getHttpServer()).get(path);

  beforeAll(async () => {
    database = await createTestDatabase();
    line = new CuttableLine(new URL(database.url));
    const env = { DATABASE_URL: await line.open(), HEALTH_PROBE_TIMEOUT: '1s', NATS_URL: 'nats://n:4222' };
    app = await createTestApp({ database, env });
  });

  afterAll(async () => {
    await app.close();
    await line.cut();
  });

  it.each(['/health', '/api/health', '/healthz', '/live', '/readyz', '/ready', '/status', '/metrics'])(
    'serves %s at the root without a token and without an envelope',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty('success');
      expect(await get(`/api/v1${path}`)).toMatchObject({ status: 404 });
    },
  );

  it('shows providers without keys and variables without effect', async () => {
    const { body } = await get('/status');
    expect(body).toMatchObject({
      status: 'healthy',
      components: {
        database: { status: 'healthy' },
        payment_provider: { status: 'not_configured' },
        payout_provider: { status: 'not_configured' },
      },
      unused_variables: [{ name: 'NATS_URL', note: 'nothing connects to it' }],
    });
  });

  it('is not ready while the database is away, stays alive, and is ready again afterwards', async () => {
    await line.cut();
    const refused = await waitFor(async () => {
      const answer = await get('/ready');
      return answer.status === 503 ? answer : null;
    });
    expect(refused.body).toEqual({
      status: 'not_ready',
      timestamp: expect.any(Number) as number,
      reason: 'database_unavailable',
    });
    expect((await get('/health')).status).toBe(503);
    expect((await get('/healthz')).status).toBe(200);
    expect(await get('/metrics')).toMatchObject({ status: 200 });

    await line.open();
    await waitFor(async () => (await get('/readyz')).status === 200);
    expect((await get('/health')).body).toMatchObject({ status: 'healthy' });
  });

  it('feeds the metrics of requests and statements', async () => {
    await get('/health');
    const { text } = await get('/metrics');
    expect(text).toMatch(
      /veza_http_requests_total\{method="GET",endpoint="\/health",status_code="200"\} \d+/,
    );
    expect(text).toMatch(/veza_database_query_duration_seconds_count\{operation="select",/);
    expect(text).toMatch(/veza_database_connections_active \d+/);
  });
});
