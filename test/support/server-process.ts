import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 20_000;
const projectRoot = join(__dirname, '..', '..');

/** The built product in a process of its own, which a drill may kill. */
export interface ServerProcess {
  url: string;
  pid: number;
  /** What it wrote so far, both streams. */
  output(): string;
  /** SIGKILL: nothing in the process gets to know. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves when the process is gone. */
  stop(): Promise<void>;
}

/**
 * Starts `dist/src/main.js` and waits until it listens. The built tree must be there (`nest build`).
 * @param env variables over those of a test server without limits and schedules
 */
export async function startServerProcess(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const port = await freePort();
  const main = join(projectRoot, process.env.BUILT_DIR ?? 'dist', 'src', 'main.js');
  const child = spawn(process.execPath, [main], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      TZ: 'UTC',
      APP_ENV: 'test',
      APP_HOST: '127.0.0.1',
      APP_PORT: String(port),
      DATABASE_URL: databaseUrl,
      JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
      DISABLE_RATE_LIMIT_FOR_TESTS: 'true',
      JOBS_ENABLED: 'false',
      DB_POOL_MIN: '0',
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const url = `http://127.0.0.1:${String(port)}`;
  await untilListening(url, child, () => output);
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

async function untilListening(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The server ended while it started:\n${output().slice(-2_000)}`);
    }
    const isListening = await fetch(`${url}/live`).then(
      () => true,
      () => false,
    );
    if (isListening) return;
    if (Date.now() > deadline) {
      await end(child, 'SIGKILL');
      throw new Error(`The server did not answer within ${String(START_MS)} ms:\n${output().slice(-2_000)}`);
    }
    await pause(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
