import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { freePort } from './server-process.js';
import { waitFor } from './wait-for.js';

/** The industry's harmless test file, put together here so that no scanner takes offence at this one. */
export const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS', '-TEST-FILE!$H+H*'].join(''),
);

/** The sizes that docker/clamd.conf allows. */
export const DOCKER_SIZES = readFileSync(resolve(__dirname, '../../docker/clamd.conf'), 'utf8')
  .split('\n')
  .filter((line) => /^(StreamMaxLength|MaxFileSize|MaxScanSize) /.test(line));

/** The clamd of this machine (Debian: clamav-daemon), or null. */
export function findClamd(): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return (
    folders
      .map((folder) => join(folder, 'clamd'))
      .find((path) => {
        try {
          accessSync(path, constants.X_OK);
          return true;
        } catch {
          return false;
        }
      }) ?? null
  );
}

/** A clamd of its own that knows one signature, EICAR's. It needs no download. */
export class Clamd {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** @param limits lines of clamd.conf */
  static async start(binary: string, limits: readonly string[] = DOCKER_SIZES): Promise<Clamd> {
    const folder = await mkdtemp(join(tmpdir(), 'veza-clamd-'));
    const clamd = new Clamd(binary, folder, await freePort());
    await mkdir(join(folder, 'database'));
    await writeFile(join(folder, 'database', 'own.ndb'), `Eicar:0:*:${EICAR.toString('hex')}\n`);
    const lines = [
      'Foreground yes',
      'TCPAddr 127.0.0.1',
      `TCPSocket ${clamd.port}`,
      `DatabaseDirectory ${join(folder, 'database')}`,
      `TemporaryDirectory ${folder}`,
      ...limits,
    ];
    await writeFile(join(folder, 'clamd.conf'), `${lines.join('\n')}\n`);
    await clamd.run();
    return clamd;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it (again), and waits until it listens. */
  async run(): Promise<void> {
    this.child = spawn(this.binary, [`--config-file=${join(this.folder, 'clamd.conf')}`], {
      stdio: 'ignore',
    });
    const child = this.child;
    process.once('exit', () => child.kill('SIGKILL'));
    await waitFor(() => this.isListening(), { what: 'clamd to listen' });
  }

  /** It keeps its connections and answers nothing, until {@link resume}. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Kills it and removes what it kept. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private isListening(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      const end = (isThere: boolean): void => {
        socket.destroy();
        resolve(isThere);
      };
      socket.on('connect', () => end(true)).on('error', () => end(false));
    });
  }
}
