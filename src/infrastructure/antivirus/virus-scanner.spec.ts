import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { parseConfig } from '../config/index.js';
import { VirusScanner } from './virus-scanner.js';

const CONTENT = Buffer.alloc(200_000, 'abc');

describe('VirusScanner', () => {
  let folder: string;
  let file: string;
  const servers: Server[] = [];
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);

  beforeAll(async () => {
    Logger.overrideLogger({ log, error: log, warn: log });
    folder = await mkdtemp(join(tmpdir(), 'veza-scanner-'));
    file = join(folder, 'upload');
    await writeFile(file, CONTENT);
  });
  afterEach(async () => {
    logged.length = 0;
    for (const server of servers.splice(0)) {
      server.close();
      await once(server, 'close');
    }
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** A server in clamd's place. */
  const serve = async (onConnection: (socket: Socket) => void): Promise<string> => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      onConnection(socket);
      socket.resume();
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const answering = (answer: string) =>
    serve((socket) => {
      socket.on('data', (chunk) => {
        if (chunk.subarray(-4).equals(Buffer.alloc(4))) socket.end(answer);
      });
    });
  const scanner = (address: string, env: Record<string, string> = {}): VirusScanner =>
    new VirusScanner(
      parseConfig({
        APP_ENV: 'test',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
        JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
        CLAMAV_REQUIRED: 'true',
        CLAMAV_ADDRESS: address,
        CLAMAV_TIMEOUT: '300ms',
        ...env,
      }),
    );
  const UNAVAILABLE = { code: 'VIRUS_SCANNER_UNAVAILABLE', kind: 'unavailable', retryAfterSeconds: 60 };

  it('sends the file in frames whose lengths add up', async () => {
    const received: Buffer[] = [];
    const address = await serve((socket) => {
      socket.on('data', (chunk) => {
        received.push(chunk);
        if (chunk.subarray(-4).equals(Buffer.alloc(4))) socket.end('stream: OK\0');
      });
    });
    await expect(scanner(address).scan(file)).resolves.toBe('clean');
    let rest = Buffer.concat(received);
    expect(rest.subarray(0, 10).toString()).toBe('zINSTREAM\0');
    rest = rest.subarray(10);
    const content: Buffer[] = [];
    for (let length = rest.readUInt32BE(); length > 0; length = rest.readUInt32BE()) {
      content.push(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
    expect(Buffer.concat(content)).toEqual(CONTENT);
  });

  it.each([
    ['stream: OK\0', 'clean'],
    ['stream: Win.Test.EICAR_HDB-1 FOUND\0', 'infected'],
  ])('takes %j for %s', async (answer, verdict) => {
    await expect(scanner(await answering(answer)).scan(file)).resolves.toBe(verdict);
  });

  it.each([
    'INSTREAM size limit exceeded. ERROR\0',
    'stream: OK',
    'FOUND OK\0',
    '',
    'COMMAND READ TIMED OUT\0',
  ])('takes %j for no verdict: 503 when one is demanded, unscanned when not', async (answer) => {
    const address = await answering(answer);
    await expect(scanner(address).scan(file)).rejects.toMatchObject(UNAVAILABLE);
    await expect(scanner(address, { CLAMAV_REQUIRED: 'false' }).scan(file)).resolves.toBe('unscanned');
  });

  it('names the setting when clamd hangs up in the middle of a file', async () => {
    const address = await serve((socket) => {
      // Beyond the first frame, so that it is clear that a part of the file was taken.
      socket.on('data', () => {
        if (socket.bytesRead > 100_000) socket.resetAndDestroy();
      });
    });
    await expect(scanner(address, { CLAMAV_TIMEOUT: '5s' }).scan(file)).rejects.toMatchObject(UNAVAILABLE);
    expect(logged).toEqual([
      expect.stringMatching(
        /CLAMAV_REQUIRED=true: clamd hung up after \d+ bytes; its StreamMaxLength must not/,
      ),
    ]);
  });

  it('waits CLAMAV_TIMEOUT for a silent clamd and no longer', async () => {
    const address = await serve((socket) => socket.resume());
    await expect(scanner(address).assertReady()).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: { message: expect.stringContaining('no answer within 300 ms') as string },
    });
    await expect(scanner(address).scan(file)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('is ready when PING is answered with PONG, and only then', async () => {
    const pong = await serve((socket) =>
      socket.once('data', (chunk) => socket.end(`PONG${String(chunk).slice(-1)}`)),
    );
    await expect(scanner(pong).assertReady()).resolves.toBeUndefined();
    const other = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\0'));
    await expect(scanner(other).assertReady()).rejects.toMatchObject(UNAVAILABLE);
  });

  it('asks nobody whether it is ready when no scanner is demanded', async () => {
    await expect(scanner('127.0.0.1:1', { CLAMAV_REQUIRED: 'false' }).assertReady()).resolves.toBeUndefined();
    await expect(scanner('localhost:1').assertReady()).rejects.toMatchObject(UNAVAILABLE);
  });
});
