import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Module,
  Req,
  Res,
  type Type,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConfigModule, parseConfig } from '../config/index.js';
import { describeError } from '../http/index.js';
import { FileResponse, type ServedFile } from './file-response.js';
import { LocalStorage } from './local.storage.js';
import { Storage } from './storage.js';

const CONTENT = '0123456789';
const MODIFIED = new Date('2026-03-04T05:06:07.890Z');
const LAST_MODIFIED = 'Wed, 04 Mar 2026 05:06:07 GMT';
const ETAG = '"abc"';

/** What the next request is served. */
let served: ServedFile;

@Controller()
class SampleController {
  private readonly files: FileResponse;

  constructor(files: FileResponse) {
    this.files = files;
  }

  @Get('file')
  read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.files.send(request, reply, served);
  }
}

@Catch()
class CodeFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { status, code } = describeError(error);
    void host.switchToHttp().getResponse<FastifyReply>().status(status).type('text/plain').send(code);
  }
}

const folder = mkdtemp(join(tmpdir(), 'veza-files-'));

const sampleModule = async (): Promise<Type> => {
  @Module({
    imports: [
      ConfigModule.forRoot(
        parseConfig({
          APP_ENV: 'test',
          DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
          JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
          UPLOAD_DIR: await folder,
        }),
      ),
    ],
    controllers: [SampleController],
    providers: [
      { provide: Storage, useClass: LocalStorage },
      { provide: APP_FILTER, useClass: CodeFilter },
      FileResponse,
    ],
  })
  class SampleModule {}
  return SampleModule;
};

describe('FileResponse', () => {
  let app: NestFastifyApplication;
  const get = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url: '/file', headers });

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [await sampleModule()] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
    const storage = app.get(Storage);
    await storage.putBuffer('song', Buffer.from(CONTENT));
    await storage.putBuffer('empty', Buffer.alloc(0));
    for (const key of ['song', 'empty']) await utimes(join(await folder, key), MODIFIED, MODIFIED);
  });
  beforeEach(() => {
    served = { storageKey: 'song', mimeType: 'audio/mpeg', etag: 'abc' };
  });
  afterAll(async () => {
    await app.close();
    await rm(await folder, { recursive: true, force: true });
  });

  it('sends a file with what a client needs to ask for parts of it', async () => {
    const answer = await get();
    expect([answer.statusCode, answer.body]).toEqual([200, CONTENT]);
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '10',
      'accept-ranges': 'bytes',
      etag: ETAG,
      'last-modified': LAST_MODIFIED,
      'cache-control': 'private, max-age=0, must-revalidate',
    });
    expect(answer.headers).not.toHaveProperty('content-disposition');
    served = { ...served, isPublic: true };
    expect((await get()).headers['cache-control']).toBe('public, max-age=3600');
  });

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=0-9', CONTENT, 'bytes 0-9/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', CONTENT, 'bytes 0-9/10'],
    ['bytes=5-999999999999', '56789', 'bytes 5-9/10'],
    ['bytes=0-1,2-3', '0123', 'bytes 0-3/10'],
    ['bytes=0-4,3-6', '0123456', 'bytes 0-6/10'],
    ['BYTES=2-4', '234', 'bytes 2-4/10'],
  ])('answers %s with 206', async (range, body, contentRange) => {
    const answer = await get({ range });
    expect([answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([
      206,
      body,
      contentRange,
    ]);
    expect(answer.headers['content-length']).toBe(String(body.length));
  });

  it.each(['bytes=10-', 'bytes=10-11', 'bytes=-0', 'bytes=5-2', 'bytes=99-100,200-'])(
    'answers %s with 416',
    async (range) => {
      const answer = await get({ range });
      expect([answer.statusCode, answer.headers['content-range']]).toEqual([416, 'bytes */10']);
      expect(answer.body).toBe('RANGE_NOT_SATISFIABLE');
    },
  );

  it.each(['bytes', 'bytes=', 'bytes=x-y', 'items=0-1', 'items=99-', 'bytes=0-1,5-6', ''])(
    'answers %j with the whole file',
    async (range) => {
      const answer = await get({ range });
      expect([answer.body, answer.statusCode]).toEqual([CONTENT, 200]);
      expect(answer.headers).not.toHaveProperty('content-range');
    },
  );

  it.each([
    [ETAG, 206],
    ['"other"', 200],
    [`W/${ETAG}`, 200],
    [LAST_MODIFIED, 206],
    ['Wed, 04 Mar 2026 05:06:08 GMT', 200],
    ['nonsense', 200],
  ])('heeds If-Range %s with %i', async (condition, status) => {
    expect((await get({ range: 'bytes=0-1', 'if-range': condition })).statusCode).toBe(status);
  });

  it.each([
    [{ 'if-none-match': ETAG }, 304],
    [{ 'if-none-match': `W/${ETAG}` }, 304],
    [{ 'if-none-match': `"x", ${ETAG}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"x"' }, 200],
    [{ 'if-none-match': '"x"', 'if-modified-since': LAST_MODIFIED }, 200],
    [{ 'if-modified-since': LAST_MODIFIED }, 304],
    [{ 'if-modified-since': 'Wed, 04 Mar 2026 05:06:06 GMT' }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-none-match': ETAG, range: 'bytes=99-' }, 304],
  ] as [Record<string, string>, number][])('answers %j with %i', async (headers, status) => {
    const answer = await get(headers);
    expect([answer.statusCode, answer.body]).toEqual([status, status === 304 ? '' : CONTENT]);
    expect(answer.headers.etag).toBe(ETAG);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    for (const headers of [{}, { range: 'bytes=2-4' }] as Record<string, string>[]) {
      const [whole, head] = [await get(headers), await get(headers, 'HEAD')];
      expect(head.body).toBe('');
      expect(head.statusCode).toBe(whole.statusCode);
      for (const name of ['content-length', 'content-range', 'content-type', 'etag'])
        expect(head.headers[name]).toBe(whole.headers[name]);
    }
  });

  it('sends an empty file, and no part of it', async () => {
    served = { ...served, storageKey: 'empty' };
    const answer = await get();
    expect([answer.statusCode, answer.headers['content-length'], answer.body]).toEqual([200, '0', '']);
    expect((await get({ range: 'bytes=0-' })).statusCode).toBe(416);
  });

  it('answers 404 for a file that is gone', async () => {
    served = { ...served, storageKey: 'gone' };
    const answer = await get();
    expect([answer.statusCode, answer.body]).toEqual([404, 'FILE_NOT_FOUND']);
  });

  it.each([
    ['song.mp3', 'attachment; filename="song.mp3"; filename*=UTF-8\'\'song.mp3'],
    ['a "b" \\ c.mp3', 'attachment; filename="a _b_ _ c.mp3"; filename*=UTF-8\'\'a%20%22b%22%20%5C%20c.mp3'],
    ["it's (1)*.mp3", 'attachment; filename="it_s (1)_.mp3"; filename*=UTF-8\'\'it%27s%20%281%29%2A.mp3'],
    [
      'Ünïcödé – 音楽.mp3',
      'attachment; filename="_n_c_d_ _ __.mp3"; filename*=UTF-8\'\'%C3%9Cn%C3%AFc%C3%B6d%C3%A9%20%E2%80%93%20%E9%9F%B3%E6%A5%BD.mp3',
    ],
    ['🎵.mp3', 'attachment; filename="__.mp3"; filename*=UTF-8\'\'%F0%9F%8E%B5.mp3'],
    [
      'a\r\nSet-Cookie: x=1',
      'attachment; filename="a__Set-Cookie_ x_1"; filename*=UTF-8\'\'aSet-Cookie%3A%20x%3D1',
    ],
    ['half \ud83c.mp3', 'attachment; filename="half _.mp3"; filename*=UTF-8\'\'half%20.mp3'],
    [
      '../../etc/passwd',
      'attachment; filename=".._.._etc_passwd"; filename*=UTF-8\'\'..%2F..%2Fetc%2Fpasswd',
    ],
  ])('offers a download as %j', async (downloadName, expected) => {
    served = { ...served, downloadName };
    const { headers, statusCode } = await get();
    expect([statusCode, headers['content-disposition']]).toEqual([200, expected]);
    expect(headers).not.toHaveProperty('set-cookie');
  });
});
