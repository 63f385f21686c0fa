import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { builtFile } from './built-tree.js';

const START_MS = 30_000;
const LAST_WORDS = 3_000;

/** Variables of a test server without limits and schedules. */
const TEST_ENVIRONMENT = {
  APP_ENV: 'test',
  APP_HOST: '127.0.0.1',
  JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
  DISABLE_RATE_LIMIT_FOR_TESTS: 'true',
  JOBS_ENABLED: 'false',
  DB_POOL_MIN: '0',
};

export interface LaunchOptions {
  /** All variables of the process besides PATH and TZ. */
  env: Record<string, string>;
  /** Where it is started; its own temporary folder, which goes with it, when left out. */
  folder?: string;
  /** Options of node, before the program. */
  nodeArgs?: string[];
  /** A program of the built tree; the server when left out. */
  program?: string;
}

/** How a process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A program of the built product in a process of its own, which a drill may kill. */
export class ServerProcess {
  /** Resolves when the process is gone and all that it wrote has been read. */
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private text = '';

  private constructor(
    readonly url: string,
    { env, folder, nodeArgs = [], program = 'src/main.js' }: LaunchOptions,
  ) {
    const file = builtFile(program);
    const own = folder === undefined ? mkdtempSync(join(tmpdir(), 'veza-built-')) : null;
    this.child = spawn(process.execPath, [...nodeArgs, file], {
      // Not the project: its .env must not reach a process under test.
      cwd: folder ?? own ?? undefined,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH, TZ: 'UTC', ...env },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => (this.text += String(chunk)));
    // A test run that dies takes its processes with it.
    const onExit = (): void => void this.child.kill('SIGKILL');
    process.once('exit', onExit);
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      process.off('exit', onExit);
      if (own !== null) rmSync(own, { recursive: true, force: true });
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** Starts a process without waiting for it. APP_PORT in `env` chooses the port of `url`. */
  static launch(options: LaunchOptions): ServerProcess {
    return new ServerProcess(`http://127.0.0.1:${options.env.APP_PORT ?? '0'}`, options);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it wrote so far, both streams. */
  output(): string {
    return this.text;
  }

  /** The process and its messages, for a preload of the test. */
  get channel(): ChildProcess {
    return this.child;
  }

  /** Resident memory in bytes, as the kernel counts it. */
  residentBytes(): number {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(this.pid)}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  }

  /** Waits until it answers `path`. @returns how long that took, in milliseconds */
  async untilListening(path = '/live'): Promise<number> {
    const start = performance.now();
    while (performance.now() - start < START_MS) {
      if (!this.isRunning) {
        await this.ended;
        throw new Error(`The process ended while it started:\n${this.text.slice(-LAST_WORDS)}`);
      }
      const isListening = await fetch(`${this.url}${path}`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isListening) return performance.now() - start;
      await pause(20);
    }
    await this.kill();
    throw new Error(`Nothing listens after ${String(START_MS)} ms:\n${this.text.slice(-LAST_WORDS)}`);
  }

  /** SIGKILL: nothing in the process gets to know. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** SIGTERM. Resolves when the process is gone. */
  async stop(): Promise<Ended> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

/**
 * Starts `dist/src/main.js` and waits until it listens. The built tree must be there (`make build`).
 * @param env variables over those of a test server without limits and schedules
 */
export async function startServerProcess(
  databaseUrl: string,
  env: Record<string, string> = {},
  options: Omit<LaunchOptions, 'env'> = {},
): Promise<ServerProcess> {
  const server = ServerProcess.launch({
    ...options,
    env: {
      ...TEST_ENVIRONMENT,
      APP_PORT: String(await freePort()),
      DATABASE_URL: databaseUrl,
      ...env,
    },
  });
  await server.untilListening();
  return server;
}

/** A port of the loopback that nobody listens on at present. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
