import {
  Body,
  Controller,
  Get,
  Global,
  InternalServerErrorException,
  Logger,
  Module,
  Param,
  Post,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ClsModule, ClsModuleOptions, ClsService } from 'nestjs-cls';
import { parseConfig } from '../config/index.js';
import { registerRequestScope, RequestContext } from '../http/index.js';
import { AppLogger, createLogger, LoggingModule } from './index.js';

const SECRETS = {
  password: 'pw-9471',
  newPassword: 'pw-5512',
  refresh_token: 'rt-8823',
  apiKey: 'ak-1177',
  'x-api-key': 'xk-3391',
  'x-webhook-signature': 'ws-7719',
  authorization: 'az-2284',
  Cookie: 'ck-6652',
  client_secret: 'cs-4408',
  credentials: { user: 'cr-9930' },
};

@Controller()
class SampleController {
  private readonly logger = new Logger('Sample');
  private readonly context: RequestContext;

  constructor(context: RequestContext) {
    this.context = context;
  }

  @Get('tracks/:id')
  read(@Param('id') id: string): object {
    this.context.identify('user-1', 'session-1');
    this.logger.log({ message: 'reading', nested: { list: [SECRETS] }, id });
    return {};
  }

  @Post('login')
  login(@Body() body: object): object {
    this.logger.log({ message: 'body seen', body, ...SECRETS });
    this.logger.warn('Bearer abcdef123456 at postgres://veza:hunter2@db/veza');
    this.logger.warn('called /ws/chat?token=tk-1234&room=7 and /file?exp=1&sig=sg-5678');
    return {};
  }

  @Get('broken')
  broken(): never {
    const failure = Object.assign(new Error('insert failed for https://u:pw-url@host/x'), {
      parameters: ['pa-7788'],
      config: { headers: { authorization: 'he-1234' } },
    });
    this.logger.error({ err: failure }, 'Unexpected error');
    throw new InternalServerErrorException();
  }
}

@Global()
@Module({ providers: [RequestContext], exports: [RequestContext] })
class ContextModule {}

const config = parseConfig({
  APP_ENV: 'production',
  CORS_ALLOWED_ORIGINS: 'https://app.example.com',
  JWT_SECRET: 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa',
  DATABASE_URL: 'postgres://localhost/veza',
});

describe('logging', () => {
  let app: NestFastifyApplication;
  let lines: string[];
  const records = (): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const find = (message: string): Record<string, unknown> =>
    records().find((record) => record['message'] === message) ?? {};

  beforeAll(async () => {
    const destination = { write: (line: string): number => lines.push(line) };
    const testing = await Test.createTestingModule({
      imports: [
        ClsModule.forRoot(Object.assign(new ClsModuleOptions(), { global: true })),
        ContextModule,
        LoggingModule.forRoot(config, destination),
      ],
      controllers: [SampleController],
    }).compile();
    lines = [];
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useLogger(app.get(AppLogger));
    registerRequestScope(app.getHttpAdapter().getInstance(), app.get(ClsService));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });

  beforeEach(() => {
    lines.length = 0;
  });

  afterAll(() => app.close());

  it('writes JSON lines with the fields of the documents', async () => {
    await app.inject({ method: 'GET', url: '/tracks/7' });
    const line = find('reading');
    expect(line).toMatchObject({ level: 'INFO', context: 'Sample', user_id: 'user-1', ip: '127.0.0.1' });
    expect(line['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line['request_id']).toBeTruthy();
    expect(line['trace_id']).toBe(line['request_id']);
  });

  it('writes one line per request with route pattern, status and duration, and no query', async () => {
    await app.inject({ method: 'GET', url: '/tracks/7?token=tk-9999' });
    const requests = records().filter((record) => record['context'] === 'Http');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      level: 'INFO',
      message: 'GET /tracks/:id 200',
      method: 'GET',
      route: '/tracks/:id',
      status: 200,
      user_id: 'user-1',
      request_id: find('reading')['request_id'],
    });
    expect(requests[0]?.['duration_ms']).toBeGreaterThanOrEqual(0);
    expect(lines.join()).not.toContain('tk-9999');
  });

  it('takes the trace of a caller over', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await app.inject({
      method: 'GET',
      url: '/tracks/7',
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(records().map((record) => record['trace_id'])).toEqual([traceId, traceId]);
  });

  it('redacts secrets at every depth, in texts and in addresses', async () => {
    await app.inject({ method: 'POST', url: '/login', payload: { user: 'u', ...SECRETS } });
    await app.inject({ method: 'GET', url: '/tracks/7' });
    const output = lines.join('');
    const values = Object.values(SECRETS).map((value) => (typeof value === 'string' ? value : value.user));
    for (const value of [...values, 'abcdef123456', 'hunter2', 'tk-1234', 'sg-5678']) {
      expect(output).not.toContain(value);
    }
    expect(output).toContain('/ws/chat?token=[redacted]&room=7');
    expect(find('body seen')['body']).toMatchObject({ user: 'u', password: '[redacted]' });
  });

  it('keeps the parameters of a failed statement and the headers of a failed call out of the log', async () => {
    await app.inject({ method: 'GET', url: '/broken' });
    const line = find('Unexpected error');
    expect(line['level']).toBe('ERROR');
    expect((line['err'] as { stack: string }).stack).toContain('insert failed');
    expect(lines.join('')).not.toMatch(/pa-7788|he-1234|pw-url/);
    expect(find('GET /broken 500')['level']).toBe('ERROR');
  });

  it('logs an unknown path without its query', async () => {
    await app.inject({ method: 'GET', url: '/nowhere?password=pw-0001' });
    const line = records().find((record) => record['status'] === 404);
    expect(line).toMatchObject({ path: '/nowhere', message: 'GET /nowhere 404' });
    expect(lines.join('')).not.toContain('pw-0001');
  });

  it('writes what happens before the application exists to the same output', () => {
    createLogger(config).log('starting', 'Main');
    expect(find('starting')).toMatchObject({ level: 'INFO', context: 'Main' });
    expect(find('starting')).not.toHaveProperty('request_id');
  });

  it('leaves out what the framework tells of each module and route at the start', () => {
    new Logger('RouterExplorer').log('Mapped {/tracks, GET} route');
    new Logger('RouterExplorer').warn('Something is odd');
    expect(records().map((record) => record['message'])).toEqual(['Something is odd']);
  });

  it('writes nothing below the level', () => {
    new Logger('Sample').debug('invisible');
    expect(lines).toEqual([]);
  });
});
