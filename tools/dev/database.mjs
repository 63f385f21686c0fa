import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { startCluster } from '../embedded-postgres/index.mjs';
import { inProject, projectRoot } from './project.mjs';

const DATABASE = 'veza';

/**
 * Starts the project's own PostgreSQL in .data/postgres and makes its database when it is new.
 * @param {(pid: number) => void} [onLaunch] hears of the server's process at once
 * @returns {Promise<{ cluster: import('../embedded-postgres/cluster.mjs').Cluster, url: string }>}
 */
export async function startDatabase(onLaunch) {
  mkdirSync(inProject('.data'), { recursive: true });
  const cluster = await startCluster({
    projectRoot,
    major: process.env.PG ? Number(process.env.PG) : undefined,
    dataDir: inProject('.data', 'postgres'),
    password: storedPassword(),
    onLaunch,
  });
  const url = new URL(cluster.url);
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  await client.end();
  url.pathname = `/${DATABASE}`;
  return { cluster, url: url.toString() };
}

function storedPassword() {
  const file = inProject('.data', 'postgres-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
