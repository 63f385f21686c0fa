import helmet from '@fastify/helmet';
import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type AppConfig, parseConfig } from '../../config/index.js';
import { corsOptions } from './cors.js';
import { securityHeaders } from './security-headers.js';

const configOf = (environment: string, origins: string): AppConfig =>
  parseConfig({
    APP_ENV: environment,
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    JWT_SECRET: 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa',
    CORS_ALLOWED_ORIGINS: origins,
  });

@Controller()
class SampleController {
  @Get()
  read(): string {
    return 'ok';
  }
}

describe('security of the transport', () => {
  const servers: NestFastifyApplication[] = [];
  const serve = async (config: AppConfig): Promise<NestFastifyApplication> => {
    const testing = await Test.createTestingModule({ controllers: [SampleController] }).compile();
    const server = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
      logger: false,
    });
    servers.push(server);
    server.enableCors(corsOptions(config));
    await server.register(helmet, securityHeaders(config));
    await server.init();
    return server;
  };
  const allowed = async (server: NestFastifyApplication, origin: string): Promise<unknown> => {
    const { headers } = await server.inject({
      method: 'OPTIONS',
      url: '/',
      headers: { origin, 'access-control-request-method': 'PUT' },
    });
    return headers['access-control-allow-origin'];
  };
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  const LISTED = 'https://veza.example,https://admin.veza.example';
  const STRANGERS = [
    'https://evil.example',
    'http://veza.example',
    'https://veza.example:8443',
    'https://veza.example.evil.example',
    'https://evilveza.example',
    'null',
  ];
  const LOCALHOSTS = [
    'http://localhost:3000',
    'https://localhost',
    'http://127.0.0.1:5173',
    'http://[::1]:80',
  ];

  it.each(['production', 'staging'])('lets in %s only the listed origins in', async (environment) => {
    const server = await serve(configOf(environment, LISTED));
    for (const origin of LISTED.split(',')) expect(await allowed(server, origin)).toBe(origin);
    for (const origin of [...STRANGERS, ...LOCALHOSTS]) expect(await allowed(server, origin)).toBeUndefined();
  });

  it.each(['development', 'test'])(
    'lets in %s localhost in as well, and nobody who looks like it',
    async (environment) => {
      const server = await serve(configOf(environment, LISTED));
      for (const origin of [...LISTED.split(','), ...LOCALHOSTS])
        expect(await allowed(server, origin)).toBe(origin);
      for (const origin of [
        ...STRANGERS,
        'http://localhost.evil.example',
        'http://127.0.0.1.evil.example',
        'ftp://localhost',
      ])
        expect(await allowed(server, origin)).toBeUndefined();
    },
  );

  it('never takes * for an origin, because credentials are allowed', () => {
    const { origin, credentials } = corsOptions(configOf('development', '*,https://veza.example'));
    expect(origin).not.toContain('*');
    expect(origin).toContain('https://veza.example');
    expect(credentials).toBe(true);
  });

  it('lets browsers read what clients need of an answer', () => {
    const { exposedHeaders, allowedHeaders } = corsOptions(configOf('test', ''));
    expect(exposedHeaders).toEqual(
      expect.arrayContaining(['X-Request-ID', 'Retry-After', 'Idempotency-Replayed']),
    );
    expect(allowedHeaders).toEqual(expect.arrayContaining(['Authorization', 'Idempotency-Key', 'Range']));
  });

  it.each([
    ['production', 'max-age=31536000; includeSubDomains'],
    ['staging', 'max-age=31536000; includeSubDomains'],
    ['development', undefined],
    ['test', undefined],
  ])('sends in %s the transport security %j', async (environment, expected) => {
    const server = await serve(configOf(environment, LISTED));
    const { headers } = await server.inject({ method: 'GET', url: '/' });
    expect(headers['strict-transport-security']).toBe(expected);
    expect(headers['x-frame-options']).toBe('DENY');
  });
});
