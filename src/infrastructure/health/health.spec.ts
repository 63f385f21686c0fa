import { EventEmitter, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Clock, SystemClock } from '../../common/time/index.js';
import { ConfigModule, parseConfig } from '../config/index.js';
import { Database } from '../database/index.js';
import { OperatorAccess } from '../metrics/index.js';
import { HealthIndicators, HealthModule, providerIndicator } from './index.js';

const SECRET_DETAIL = 'connect ECONNREFUSED 10.1.2.3:5432 user veza';

/** Stands where PostgreSQL is; the real one is asked in the end-to-end tests. */
const database = { isDown: false, isStuck: false, asked: 0 };

@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    OperatorAccess,
    {
      provide: Database,
      useValue: {
        query: async (): Promise<unknown[]> => {
          database.asked += 1;
          if (database.isStuck) await once(new EventEmitter(), 'never');
          if (database.isDown) throw new Error(SECRET_DETAIL);
          return [];
        },
      },
    },
  ],
  exports: [Clock, Database, OperatorAccess],
})
class GroundModule {}

async function startApp(
  env: Record<string, string> = {},
  register: (indicators: HealthIndicators) => void = () => undefined,
): Promise<NestFastifyApplication> {
  const config = parseConfig({
    JWT_SECRET: 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa',
    DATABASE_URL: 'postgres://veza@10.1.2.3/veza',
    CORS_ALLOWED_ORIGINS: 'https://app.example.com',
    HEALTH_PROBE_TIMEOUT: '300ms',
    ...env,
  });
  const testing = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), GroundModule, HealthModule],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  register(app.get(HealthIndicators));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

async function get(
  app: NestFastifyApplication,
  url: string,
): Promise<{ status: number; body: object; text: string }> {
  const answer = await app.inject({ method: 'GET', url });
  return { status: answer.statusCode, body: answer.json<object>(), text: answer.body };
}

const listening: TcpServer[] = [];
const sockets = new Set<Socket>();

async function listen(server: TcpServer): Promise<number> {
  listening.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const httpServer = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(listener))}`;

const silentPort = (): Promise<number> => listen(createTcpServer(() => undefined));

describe('health endpoints', () => {
  let app: NestFastifyApplication;

  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    Object.assign(database, { isDown: false, isStuck: false, asked: 0 });
  });

  afterEach(async () => {
    await app.close();
    for (const socket of sockets) socket.destroy();
    for (const server of listening.splice(0)) server.close();
  });

  it.each(['/health', '/api/health'])('%s answers the shape of S4', async (path) => {
    app = await startApp();
    const { status, body } = await get(app, path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'healthy',
      service: 'veza-backend-api',
      components: {
        database: { status: 'healthy' },
        redis: { status: 'disabled' },
        rabbitmq: { status: 'disabled' },
        memory: { status: 'healthy' },
      },
    });
  });

  it.each(['/healthz', '/live'])('%s lives although the database is away', async (path) => {
    database.isDown = true;
    app = await startApp();
    expect(await get(app, path)).toMatchObject({ status: 200, body: { status: 'healthy' } });
    expect(database.asked).toBe(0);
  });

  it.each(['/readyz', '/ready'])('%s follows the database', async (path) => {
    app = await startApp();
    expect(await get(app, path)).toMatchObject({ status: 200, body: { status: 'ready' } });
    await app.close();
    database.isDown = true;
    app = await startApp();
    expect(await get(app, path)).toMatchObject({
      status: 503,
      body: { status: 'not_ready', reason: 'database_unavailable' },
    });
  });

  it('answers in time although the database hangs', async () => {
    database.isStuck = true;
    app = await startApp();
    const { status, body } = await get(app, '/health');
    expect(status).toBe(503);
    expect(body).toMatchObject({ components: { database: { status: 'unhealthy', message: 'timed out' } } });
  });

  it('asks once for many callers', async () => {
    app = await startApp();
    await Promise.all(Array.from({ length: 20 }, () => get(app, '/health')));
    await get(app, '/readyz');
    expect(database.asked).toBe(1);
  });

  it('says nothing of hosts, users and errors to a stranger', async () => {
    database.isDown = true;
    const port = await silentPort();
    app = await startApp({ REDIS_URL: `redis://user:hunter2@127.0.0.1:${port}` });
    for (const path of ['/health', '/readyz', '/status']) {
      const { text } = await get(app, path);
      expect(text).not.toMatch(/ECONNREFUSED|10\.1\.2\.3|127\.0\.0\.1|hunter2|ioredis|stack/);
    }
  });

  it('degrades with 200 when an enabled Redis hangs or RabbitMQ refuses', async () => {
    const env = {
      REDIS_URL: `redis://127.0.0.1:${await silentPort()}`,
      RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1',
    };
    app = await startApp(env);
    const ready = await get(app, '/readyz');
    expect(ready).toMatchObject({
      status: 200,
      body: { status: 'degraded', degraded: ['redis', 'rabbitmq'] },
    });
    const health = await get(app, '/health');
    expect(health).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        components: { rabbitmq: { status: 'unhealthy', message: 'not reachable' } },
      },
    });
  });

  it('asks the chat and stream servers for their health once they are configured', async () => {
    const asked: (string | undefined)[] = [];
    const chat = await httpServer((request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    const stream = await httpServer((_request, response) => {
      response.writeHead(500).end();
    });
    app = await startApp({ CHAT_SERVER_URL: chat, STREAM_SERVER_URL: `${stream}/` });
    const { status, body } = await get(app, '/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      components: {
        chat_server: { status: 'healthy', latency: expect.stringMatching(/^\d+ms$/) as string },
        stream_server: { status: 'unhealthy', message: 'not reachable' },
      },
    });
    expect(asked).toEqual(['/health']);
  });

  it('asks the virus scanner once it is named or demanded', async () => {
    const clamd = createTcpServer((socket) => {
      socket.once('data', (command) => socket.end(command.toString() === 'zPING\0' ? 'PONG\0' : 'no'));
    });
    app = await startApp({ CLAMAV_ADDRESS: `127.0.0.1:${await listen(clamd)}` });
    expect((await get(app, '/status')).body).toMatchObject({
      status: 'healthy',
      components: { antivirus: { status: 'healthy' }, mail: { status: 'not_configured' } },
    });
    await app.close();
    app = await startApp({ CLAMAV_REQUIRED: 'true', CLAMAV_ADDRESS: '127.0.0.1:1' });
    expect((await get(app, '/status')).body).toMatchObject({
      components: { antivirus: { status: 'unhealthy', message: 'not reachable' } },
    });
  });

  it('shows unconfigured servers as disabled and lists unused variables to an operator', async () => {
    app = await startApp({ NATS_URL: 'nats://10.1.2.3:4222' });
    const { body } = await get(app, '/status');
    expect(body).toMatchObject({
      components: {
        chat_server: { status: 'disabled' },
        stream_server: { status: 'disabled' },
        antivirus: { status: 'disabled' },
      },
      rate_limits: 'counted per process',
      unused_variables: [{ name: 'NATS_URL', note: 'nothing connects to it' }],
    });
  });

  it('keeps the installation from strangers in production', async () => {
    app = await startApp({ APP_ENV: 'production', METRICS_TOKEN: 'a token for the scraper' });
    expect((await get(app, '/status')).body).not.toHaveProperty('unused_variables');
    const headers = { authorization: 'Bearer a token for the scraper' };
    const known = await app.inject({ method: 'GET', url: '/status', headers });
    expect(known.json()).toHaveProperty('unused_variables');
  });

  it('shows providers as not configured, configured, reachable or not', async () => {
    const url = await httpServer((_request, response) => {
      response.writeHead(401).end();
    });
    app = await startApp({}, (indicators) => {
      indicators.register(providerIndicator({ name: 'none', isConfigured: false, url }));
      indicators.register(providerIndicator({ name: 'silent', isConfigured: true }));
      indicators.register(providerIndicator({ name: 'there', isConfigured: true, url }));
      indicators.register(providerIndicator({ name: 'gone', isConfigured: true, url: 'http://127.0.0.1:1' }));
    });
    const { body } = await get(app, '/status');
    expect(body).toMatchObject({
      status: 'degraded',
      components: {
        none: { status: 'not_configured' },
        silent: { status: 'configured' },
        there: { status: 'reachable' },
        gone: { status: 'unhealthy', message: 'not reachable' },
      },
    });
    expect((await get(app, '/health')).body).not.toHaveProperty('components.there');
  });

  it('refuses two indicators of one name', async () => {
    app = await startApp();
    const indicators = app.get(HealthIndicators);
    const twice = (): void => {
      indicators.register({ name: 'database', scopes: ['status'], probe: () => 'healthy' });
    };
    expect(twice).toThrow('Two health indicators are called database');
  });
});

describe('start with an enabled service that is away', () => {
  const env = {
    APP_ENV: 'production',
    RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1',
    RABBITMQ_MAX_RETRIES: '1',
    RABBITMQ_RETRY_INTERVAL: '1ms',
  };

  it('fails in production after the configured retries', async () => {
    await expect(startApp(env)).rejects.toThrow(/^RabbitMQ is enabled and cannot be reached/);
  });

  it('goes on in development', async () => {
    const app = await startApp({ ...env, APP_ENV: 'development' });
    expect((await get(app, '/readyz')).status).toBe(200);
    await app.close();
  });
});
