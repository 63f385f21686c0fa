import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { NEVER, type Observable, firstValueFrom, of } from 'rxjs';
import { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { TestClock } from '../../../../test/support/test-clock.js';
import { ConfigModule, parseConfig } from '../../config/index.js';
import { ErrorFilter } from '../errors/error.filter.js';
import { RawResponse, ResponseMessage, WithoutHandlerTimeout } from './envelope.decorators.js';
import { EnvelopeInterceptor } from './envelope.interceptor.js';
import { HandlerTimeoutInterceptor } from './handler-timeout.interceptor.js';

const TIMEOUT_MS = 100;
const NOW = new Date('2026-03-04T05:06:07.890Z');

@Controller()
@ResponseMessage('From the class')
class SampleController {
  @Get('object')
  @ResponseMessage('Found')
  object(): object {
    return { id: 1 };
  }

  @Get('nothing')
  nothing(): void {
    return undefined;
  }

  @Get('falsy')
  falsy(): number {
    return 0;
  }

  @Get('observable')
  observable(): Observable<string> {
    return of('one');
  }

  @Get('page')
  page(): Paginated<string> {
    return Paginated.ofPage(['a'], { page: 2, limit: 1, total: 3, nextCursor: 'c' });
  }

  @Get('cursor')
  cursor(): Paginated<string> {
    return Paginated.ofCursor(['a'], { limit: 1, nextCursor: null });
  }

  @Get('raw')
  @RawResponse()
  raw(): object {
    return { plain: true };
  }

  @Post('created')
  @HttpCode(202)
  created(): object {
    return {};
  }

  @Get('never')
  never(): Promise<never> {
    return firstValueFrom(NEVER);
  }

  @Get('never-observable')
  neverObservable(): Observable<never> {
    return NEVER;
  }

  @Get('late')
  @WithoutHandlerTimeout()
  async late(): Promise<string> {
    await pause(3 * TIMEOUT_MS);
    return 'late';
  }
}

@Module({
  imports: [
    ConfigModule.forRoot(
      parseConfig({
        APP_ENV: 'test',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
        JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
        HANDLER_TIMEOUT: `${TIMEOUT_MS}ms`,
      }),
    ),
  ],
  controllers: [SampleController],
  providers: [
    { provide: Clock, useClass: TestClock },
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_INTERCEPTOR, useClass: HandlerTimeoutInterceptor },
    { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
  ],
})
class SampleModule {}

describe('the success envelope', () => {
  let app: NestFastifyApplication;
  const get = async (path: string, method: 'GET' | 'POST' = 'GET') => {
    const answer = await app.inject({ method, url: path });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };
  const meta = {
    timestamp: NOW.toISOString(),
    request_id: expect.stringMatching(/^test-/) as string,
    version: 'v1',
  };

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [SampleModule] }).compile();
    let count = 0;
    const adapter = new FastifyAdapter({ genReqId: () => `test-${(count += 1)}` });
    app = testing.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
    await app.init();
  });
  afterAll(() => app.close());

  beforeEach(() => app.get<Clock, TestClock>(Clock).freeze(NOW));

  it('wraps what a controller returns, with its message and the request id', async () => {
    expect(await get('/object')).toEqual({
      status: 200,
      body: { success: true, message: 'Found', data: { id: 1 }, meta },
    });
  });

  it.each([
    ['/nothing', null],
    ['/falsy', 0],
    ['/observable', 'one'],
  ])('wraps %s as %j, with the message of the class', async (path, data) => {
    expect((await get(path)).body).toEqual({ success: true, message: 'From the class', data, meta });
  });

  it('puts the pagination beside the data', async () => {
    expect((await get('/page')).body).toMatchObject({
      data: ['a'],
      pagination: {
        page: 2,
        limit: 1,
        total: 3,
        total_pages: 3,
        has_next: true,
        has_prev: true,
        next_cursor: 'c',
      },
    });
    expect((await get('/cursor')).body).toMatchObject({
      data: ['a'],
      pagination: { limit: 1, has_next: false, next_cursor: null },
    });
  });

  it('leaves raw answers and the status alone', async () => {
    expect(await get('/raw')).toEqual({ status: 200, body: { plain: true } });
    expect((await get('/created', 'POST')).status).toBe(202);
  });

  it.each(['/never', '/never-observable'])(
    'answers %s with 503 HANDLER_TIMEOUT after HANDLER_TIMEOUT',
    async (path) => {
      const startedAt = performance.now();
      const { status, body } = await get(path);
      const tookMs = performance.now() - startedAt;
      expect(status).toBe(503);
      expect(body).toEqual({
        success: false,
        error: { code: 'HANDLER_TIMEOUT', message: 'The request took too long', details: [] },
        meta: { timestamp: meta.timestamp, request_id: meta.request_id },
      });
      expect(tookMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
    },
  );

  it('waits longer for a route without the limit', async () => {
    expect(await get('/late')).toMatchObject({ status: 200, body: { data: 'late' } });
  });
});
