import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../support/wait-for.js';

const projectRoot = join(__dirname, '..', '..');
const COPIED = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  '.swcrc',
  'Makefile',
].concat(['src', 'migrations', 'tools', 'bench', 'templates', 'dist']);
const START_MS = 60_000;

interface Run {
  process: ChildProcess;
  output: () => string;
  exitCode: Promise<number | null>;
}

let folder: string;
let runs: Run[] = [];

/** A clone of the project without data and without an .env, which shares the installed packages. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'veza-make-run-'));
  // As root the database runs as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  for (const entry of COPIED.filter((name) => existsSync(join(projectRoot, name)))) {
    cpSync(join(projectRoot, entry), join(folder, entry), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(async () => {
  for (const run of runs) run.process.kill('SIGKILL');
  runs = [];
  await waitFor(() => processesOf(folder).length === 0);
  rmSync(folder, { recursive: true, force: true });
});

function startRun(settings: Record<string, string>): Run {
  const { DATABASE_URL: _database, MAKELEVEL: _make, ...environment } = process.env;
  const child = spawn(process.execPath, [join(folder, 'tools/dev/run.mjs')], {
    cwd: folder,
    env: { ...environment, APP_ENV: 'development', NODE_ENV: 'development', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exitCode = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const run = { process: child, output: () => text, exitCode };
  runs.push(run);
  return run;
}

async function waitUntilServed(run: Run): Promise<void> {
  await waitFor(
    () => {
      if (run.process.exitCode !== null) throw new Error(run.output());
      return run.output().includes('Ctrl-C stops everything');
    },
    { timeoutMs: START_MS },
  );
}

/** Every process whose command line names the folder, or that was started in it. */
function processesOf(place: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(place);
      } catch {
        return false;
      }
    });
}

async function freePorts(): Promise<Record<'APP_PORT' | 'PSP_SANDBOX_PORT', string>> {
  const [api, sandbox] = await Promise.all([listen(), listen()]);
  const ports = { APP_PORT: portOf(api), PSP_SANDBOX_PORT: portOf(sandbox) };
  await Promise.all([close(api), close(sandbox)]);
  return ports;
}

const listen = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
const portOf = (server: Server): string => String((server.address() as { port: number }).port);
const close = (server: Server): Promise<unknown> =>
  new Promise((resolve) => {
    server.close(resolve);
  });

describe('make run', () => {
  it('serves from a fresh folder, again from the same data, and leaves no process after Ctrl-C', async () => {
    const ports = await freePorts();
    const first = startRun(ports);
    await waitUntilServed(first);
    expect(first.output()).toContain('CLAMAV_REQUIRED=false');
    expect(first.output()).toContain(`http://localhost:${ports.APP_PORT}/swagger/index.html`);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    const health = await fetch(`http://127.0.0.1:${ports.APP_PORT}/healthz`);
    expect(health.status).toBe(200);
    const madeSecrets = readFileSync(join(folder, '.env'), 'utf8');

    first.process.kill('SIGINT');
    expect(await first.exitCode).toBe(0);
    expect(processesOf(folder)).toEqual([]);

    const second = startRun(ports);
    await waitUntilServed(second);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(madeSecrets);
    expect(second.output()).not.toContain('Building');
    second.process.kill('SIGTERM');
    expect(await second.exitCode).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  }, 120_000);

  it('leaves no process when the launcher is killed, and starts again afterwards', async () => {
    const ports = await freePorts();
    const killed = startRun(ports);
    await waitUntilServed(killed);
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(4);
    killed.process.kill('SIGKILL');
    await waitFor(() => processesOf(folder).length === 0, { timeoutMs: 40_000 });

    const next = startRun(ports);
    await waitUntilServed(next);
    next.process.kill('SIGINT');
    expect(await next.exitCode).toBe(0);
  }, 180_000);

  it('says in one sentence that a port is taken, and starts nothing', async () => {
    const busy = await listen();
    const { PSP_SANDBOX_PORT } = await freePorts();
    const run = startRun({ APP_PORT: portOf(busy), PSP_SANDBOX_PORT });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(
      /Port \d+ is in use: stop the program that listens there, or choose another one/,
    );
    expect(existsSync(join(folder, '.data'))).toBe(false);
    await close(busy);
  }, 30_000);

  it('says in one sentence that a port is none', async () => {
    const run = startRun({ APP_PORT: 'eighty' });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(
      /\nAPP_PORT must be a port between 1 and 65535, for example APP_PORT=8080\.\n$/,
    );
  }, 30_000);
});

describe('make docker-run', () => {
  it('hands the composition an .env with a fresh secret', () => {
    const docker = join(folder, 'docker');
    writeFileSync(docker, '#!/bin/sh\necho "docker $*"\n', { mode: 0o755 });
    const { status, stdout } = spawnSync('make', ['docker-run'], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH ?? ''}` },
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain(
      '\ndocker compose --env-file .env -f docker/docker-compose.yml up --build\ndocker compose --env-file .env',
    );
    expect(readFileSync(join(folder, '.env'), 'utf8')).toMatch(/^JWT_SECRET=[\w-]{64}$/m);
  });
});
