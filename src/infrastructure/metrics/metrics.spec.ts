import { Controller, Get, Global, Module, Param } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Test } from '@nestjs/testing';
import { AppConfig, parseConfig } from '../config/index.js';
import { Database, QueryObserver } from '../database/index.js';
import { ConnectionPoolRepository } from './connection-pool.repository.js';
import { Metrics, MetricsModule, OperatorAccess, METRIC_DEFINITIONS } from './index.js';
import { PAYMENT_METRIC_DEFINITIONS } from './payment-metric-definitions.js';

const TOKEN = 'a token for the scraper';

function configOf(env: Record<string, string> = {}): AppConfig {
  return parseConfig({
    JWT_SECRET: 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa',
    DATABASE_URL: 'postgres://localhost/veza',
    CORS_ALLOWED_ORIGINS: 'https://app.example.com',
    ...env,
  });
}

@Controller()
class SampleController {
  @Get('tracks/:id')
  read(@Param('id') id: string): object {
    return { id };
  }
}

async function startApp(env: Record<string, string> = {}): Promise<NestFastifyApplication> {
  @Global()
  @Module({
    providers: [
      { provide: AppConfig, useValue: configOf(env) },
      { provide: Database, useValue: { manager: { dataSource: { driver: {} } } } },
      { provide: getDataSourceToken(), useValue: { subscribers: [] } },
      QueryObserver,
    ],
    exports: [AppConfig, Database, QueryObserver],
  })
  class GroundModule {}

  const testing = await Test.createTestingModule({
    imports: [GroundModule, MetricsModule],
    controllers: [SampleController],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

describe('Metrics', () => {
  let metrics: Metrics;
  const sample = async (line: string): Promise<string | undefined> =>
    (await metrics.asText()).split('\n').find((text) => text.startsWith(`${line} `));

  beforeEach(() => {
    metrics = new Metrics();
  });

  it('has the eleven names of the documents, those of money and those of the process', async () => {
    const text = await metrics.asText();
    const names = Object.keys(METRIC_DEFINITIONS);
    expect(names.filter((name) => !(name in PAYMENT_METRIC_DEFINITIONS))).toHaveLength(11);
    for (const name of [...names, 'nodejs_eventloop_lag_seconds', 'process_resident_memory_bytes']) {
      expect(text).toContain(`# HELP ${name} `);
    }
  });

  it('counts what it is told under the labels of the documents', async () => {
    metrics.httpRequest({ method: 'GET', endpoint: '/t/:id', statusCode: 404, durationSeconds: 0.003 });
    metrics.loginAttempt('failure');
    metrics.userRegistered();
    metrics.trackUploaded();
    metrics.playlistCreated();
    metrics.fileUploaded('audio');
    metrics.uploadFailed('TRACK_FILE_TOO_LARGE');
    metrics.observeQuery('SELECT 1 FROM tracks', 0.0005, false);
    const http = 'method="GET",endpoint="/t/:id",status_code="404"';
    const expected = [
      `veza_http_requests_total{${http}} 1`,
      `veza_http_request_duration_seconds_bucket{le="0.002",${http}} 0`,
      `veza_http_request_duration_seconds_bucket{le="0.004",${http}} 1`,
      'veza_auth_login_attempts_total{operation="login",status="failure"} 1',
      'veza_users_registered_total 1',
      'veza_tracks_uploaded_total 1',
      'veza_playlists_created_total 1',
      'veza_file_uploads_total{kind="audio"} 1',
      'veza_uploads_failed_total{reason="TRACK_FILE_TOO_LARGE"} 1',
      'veza_database_query_duration_seconds_count{operation="select",table="tracks",status="error"} 1',
    ];
    const lines = (await metrics.asText()).split('\n');
    expect(expected.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('uses exponential buckets from a millisecond, 15 for HTTP and 12 for the database', () => {
    const http = METRIC_DEFINITIONS.veza_http_request_duration_seconds.buckets;
    const database = METRIC_DEFINITIONS.veza_database_query_duration_seconds.buckets;
    expect([http?.length, http?.[0], http?.at(-1)]).toEqual([15, 0.001, 16.384]);
    expect([database?.length, database?.[0], database?.at(-1)]).toEqual([12, 0.001, 2.048]);
  });

  it('counts calls to providers and their deliveries', async () => {
    const call = { provider: 'stripe', method: 'POST', path: '/v1/transfers', durationSeconds: 0.2 };
    metrics.providerCall({ ...call, statusCode: null });
    metrics.webhookReceived('stripe', 'rejected');
    expect(
      await sample(
        'veza_payments_provider_calls_total{provider="stripe",operation="POST /v1/transfers",outcome="ambiguous"}',
      ),
    ).toMatch(/ 1$/);
    expect(
      await sample(
        'veza_payments_provider_call_duration_seconds_count{provider="stripe",operation="POST /v1/transfers"}',
      ),
    ).toMatch(/ 1$/);
    expect(await sample('veza_payments_webhooks_total{provider="stripe",result="rejected"}')).toMatch(/ 1$/);
  });

  it('forgets the labels that a gauge of money no longer has, and keeps them when nobody answers', async () => {
    let kinds = ['refund_stuck', 'webhook_dead'];
    const line = (kind: string): Promise<string | undefined> =>
      sample(`veza_payments_exceptions_open{kind="${kind}"}`);
    metrics.registerSamples('veza_payments_exceptions_open', () =>
      Promise.resolve(kinds.map((kind) => ({ labels: { kind }, value: 2 }))),
    );
    expect([await line('refund_stuck'), await line('webhook_dead')]).toEqual([
      expect.stringMatching(/ 2$/),
      expect.stringMatching(/ 2$/),
    ]);
    kinds = ['webhook_dead'];
    expect(await line('refund_stuck')).toBeUndefined();
    metrics.registerSamples('veza_payments_exceptions_open', () => Promise.reject(new Error('away')));
    expect(await line('webhook_dead')).toMatch(/ 2$/);
  });

  it('asks for gauges when it is scraped', async () => {
    let sessions = 3;
    metrics.registerActiveSessions(async () => sessions);
    metrics.registerActiveConnections(() => 2);
    expect(await sample('veza_auth_sessions_active')).toBe('veza_auth_sessions_active 3');
    sessions = 5;
    expect(await sample('veza_auth_sessions_active')).toBe('veza_auth_sessions_active 5');
    expect(await sample('veza_database_connections_active')).toBe('veza_database_connections_active 2');
  });

  it('answers the scrape although a gauge cannot be read', async () => {
    metrics.registerActiveSessions(() => Promise.reject(new Error('database away')));
    expect(await sample('veza_auth_sessions_active')).toBe('veza_auth_sessions_active 0');
  });
});

describe('GET /metrics', () => {
  let app: NestFastifyApplication;

  afterEach(() => app.close());

  it('answers Prometheus text and counts requests by route pattern', async () => {
    app = await startApp();
    await app.inject({ method: 'GET', url: '/tracks/1' });
    await app.inject({ method: 'GET', url: '/tracks/2?x=1' });
    await app.inject({ method: 'GET', url: '/nowhere' });
    const answer = await app.inject({ method: 'GET', url: '/metrics' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.body).toContain(
      'veza_http_requests_total{method="GET",endpoint="/tracks/:id",status_code="200"} 2',
    );
    expect(answer.body).toContain(
      'veza_http_requests_total{method="GET",endpoint="unmatched",status_code="404"} 1',
    );
    expect(answer.body).not.toContain('nowhere');
  });

  it('answers JSON for Accept: application/json only (09 C4)', async () => {
    app = await startApp();
    const headers = { accept: 'application/json' };
    const answer = await app.inject({ method: 'GET', url: '/metrics', headers });
    expect(answer.headers['content-type']).toContain('application/json');
    const names = answer.json<{ name: string }[]>().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(METRIC_DEFINITIONS)));
    const both = await app.inject({
      method: 'GET',
      url: '/metrics',
      headers: { accept: 'text/html,application/json;q=0.9' },
    });
    expect(both.headers['content-type']).toContain('text/plain');
  });

  it('feeds the database metrics from the observer and from the pool', async () => {
    app = await startApp();
    app
      .get(QueryObserver)
      .afterQuery({ query: 'INSERT INTO tracks VALUES (1)', executionTime: 10, success: true });
    const { body } = await app.inject({ method: 'GET', url: '/metrics' });
    expect(body).toContain(
      'veza_database_query_duration_seconds_count{operation="insert",table="tracks",status="success"} 1',
    );
    expect(body).toContain('veza_database_connections_active 0');
  });
});

describe('ConnectionPoolRepository', () => {
  it('counts connections that are out of the pool', () => {
    const driver = { master: { totalCount: 7, idleCount: 4 } };
    const database = { manager: { dataSource: { driver } } } as unknown as Database;
    expect(new ConnectionPoolRepository(database).countActive()).toBe(3);
  });
});

describe('OperatorAccess', () => {
  const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
    ({ headers, socket: { remoteAddress } }) as unknown as Parameters<OperatorAccess['isOperator']>[0];
  const isOperator = (env: Record<string, string>, ...from: Parameters<typeof request>): boolean =>
    new OperatorAccess(configOf(env)).isOperator(request(...from));

  it.each([
    ['development', '203.0.113.9', {}, true],
    ['production', '127.0.0.1', {}, true],
    ['production', '::ffff:127.0.0.1', {}, true],
    ['production', '::1', {}, true],
    ['production', '203.0.113.9', {}, false],
    ['production', '127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, false],
    ['production', '127.0.0.1', { forwarded: 'for=203.0.113.9' }, false],
    ['staging', '10.0.0.4', {}, false],
  ])('without a token in %s from %s with %j: %s', (environment, address, headers, expected) => {
    expect(isOperator({ APP_ENV: environment }, address, headers as Record<string, string>)).toBe(expected);
  });

  it('asks everybody for the token once there is one', () => {
    const env = { METRICS_TOKEN: TOKEN };
    expect(isOperator(env, '127.0.0.1')).toBe(false);
    expect(isOperator(env, '127.0.0.1', { authorization: 'Bearer wrong' })).toBe(false);
    expect(isOperator(env, '203.0.113.9', { authorization: `Bearer ${TOKEN}` })).toBe(true);
  });
});
