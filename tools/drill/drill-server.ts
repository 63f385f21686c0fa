import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitUntil } from './wait-until.js';

const START_MS = 60_000;
/** Ends during one start that a database which is not ready yet may cause. */
const MOST_EXITS = 5;

/** The built server at one address, started again and again on the same data. */
export class DrillServer {
  private child: ChildProcess | null = null;
  /** How often it ended without having been killed. */
  exits = 0;

  constructor(
    readonly port: number,
    private readonly program: string,
    private readonly folder: string,
    private readonly env: Record<string, string>,
  ) {
    if (!existsSync(program)) throw new Error(`${program} is missing: run "make build" first`);
    mkdirSync(folder, { recursive: true });
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Where everything that it writes is kept. */
  get logFile(): string {
    return join(this.folder, 'server.log');
  }

  get isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts the process without waiting for it. */
  launch(): void {
    if (this.isRunning) return;
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [this.program], {
      cwd: this.folder,
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...this.env },
    });
    closeSync(log);
    const onExit = (): void => void child.kill('SIGKILL');
    process.once('exit', onExit);
    child.once('exit', (_code, signal) => {
      process.off('exit', onExit);
      if (signal !== 'SIGKILL') this.exits += 1;
    });
    this.child = child;
  }

  /** Waits until it answers, and starts it again when it ends by itself. @throws Error when it never does */
  async untilReady(): Promise<void> {
    const patience = this.exits + MOST_EXITS;
    const isReady = await waitUntil(async () => {
      if (this.exits > patience) throw new Error(`The server ends at once: ${this.logFile} says why`);
      this.launch();
      return fetch(`${this.url}/live`, { signal: AbortSignal.timeout(2_000) }).then(
        (answer) => answer.ok,
        () => false,
      );
    }, START_MS);
    if (!isReady) throw new Error(`The server does not start: ${this.logFile} says why`);
  }

  /** SIGKILL: nothing in the process gets to know. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === null || !this.isRunning) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
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
