// A PostgreSQL for the tests that stays up between runs: `node tools/dev/test-postgres.mjs start|stop|status`.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from '../embedded-postgres/index.mjs';
import { isAlive, stopProcess } from './processes.mjs';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const note = join(projectRoot, '.data', 'test-postgres.json');

/** The settings of every test server, kept or not. */
export const TEST_SETTINGS = ['max_connections=300', 'shared_buffers=128MB'];

/**
 * The kept server when one runs, otherwise null.
 * @returns {{ pid: number, url: string, major: number, dataDir: string } | null}
 */
export function keptServer() {
  if (!existsSync(note)) return null;
  const server = JSON.parse(readFileSync(note, 'utf8'));
  return isAlive(server.pid) ? server : null;
}

async function start() {
  const running = keptServer();
  if (running) return running;
  const major = Number(process.env.PG ?? 18);
  const cluster = await startCluster({ projectRoot, major, settings: TEST_SETTINGS });
  const server = { pid: cluster.pid, url: cluster.url, major, dataDir: cluster.dataDir };
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600 });
  return server;
}

async function stop() {
  const server = keptServer();
  if (server) await stopProcess(server.pid, 'SIGQUIT', 10_000);
  if (existsSync(note)) {
    rmSync(JSON.parse(readFileSync(note, 'utf8')).dataDir, { recursive: true, force: true });
    rmSync(note);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const command = process.argv[2];
  if (command === 'start') {
    const server = await start();
    console.log(`PostgreSQL ${server.major} for the tests runs at ${server.url} (pid ${server.pid}).`);
  } else if (command === 'stop') {
    await stop();
    console.log('The PostgreSQL for the tests is stopped and its data are removed.');
  } else {
    const server = keptServer();
    console.log(server ? `It runs at ${server.url} (pid ${server.pid}).` : 'It does not run.');
  }
}
