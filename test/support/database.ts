import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type DatabaseError } from 'pg';

/** Serialises the migration of the template between the workers of one server. */
const TEMPLATE_LOCK = 7_310_201;
const DATABASE_IS_ABSENT = '3D000';

/** A database of one suite, at the newest migration and without rows of its own. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

let clonedCount = 0;

/**
 * Clones the migrated template for the calling suite. Call `drop` when the suite is over; what is left behind
 * goes when the run ends.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  clonedCount += 1;
  const worker = process.env.JEST_WORKER_ID ?? '0';
  const suffix = createHash('sha1')
    .update(expect.getState().testPath ?? '')
    .digest('hex')
    .slice(0, 8);
  const name = `veza_test_${requiredEnvironment('TEST_RUN_ID')}_${worker}_${suffix}_${String(clonedCount)}`;
  await cloneTemplate(name);
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

/** Creates a database without any table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  clonedCount += 1;
  const worker = process.env.JEST_WORKER_ID ?? '0';
  const name = `veza_test_${requiredEnvironment('TEST_RUN_ID')}_${worker}_empty_${String(process.pid)}_${String(clonedCount)}`;
  await onServer((client) => client.query(`CREATE DATABASE "${name}" TEMPLATE template0`));
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

/** The address of the test server's maintenance database, for suites that bring their own connections. */
export function testServerUrl(): string {
  return requiredEnvironment('TEST_SERVER_URL');
}

async function cloneTemplate(name: string): Promise<void> {
  const template = templateName();
  const statement = `CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY FILE_COPY`;
  await onServer(async (client) => {
    try {
      await client.query(statement);
    } catch (error) {
      if ((error as DatabaseError).code !== DATABASE_IS_ABSENT) throw error;
      await migrateTemplate(client, template);
      await client.query(statement);
    }
  });
}

/** Builds the template under another name, so that a crash in between never leaves half of one. */
async function migrateTemplate(client: Client, template: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount) return;
    const draft = `${template}_draft`;
    await client.query(`DROP DATABASE IF EXISTS "${draft}" WITH (FORCE)`);
    await client.query(`CREATE DATABASE "${draft}" TEMPLATE template0`);
    // In a registry of its own: the migrations come with every module, and the suite that happens to be the first
    // must not find their events and jobs registered.
    await jest.isolateModulesAsync(async () => {
      const { allMigrations } = await import('../../src/all-migrations.js');
      const { runMigrations } = await import('../../src/infrastructure/database/index.js');
      await runMigrations(urlOf(draft), allMigrations);
    });
    await client.query(`ALTER DATABASE "${draft}" RENAME TO "${template}"`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

/** Changes with every edit of a migration, so that a kept server never serves an old schema. */
function templateName(): string {
  const root = join(__dirname, '..', '..');
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'migrations')).filter((file) => file.endsWith('.ts'));
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(root, 'migrations', file)));
  for (const list of ['src/all-migrations.ts', 'src/core/wing.ts', 'src/legacy/wing.ts'])
    hash.update(contentOf(join(root, list)));
  return `veza_template_${hash.digest('hex').slice(0, 16)}`;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function dropDatabase(name: string): Promise<void> {
  await onServer((client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
}

async function onServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: testServerUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(testServerUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

function requiredEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is set by test/global-setup.mjs: run the suite with Jest.`);
  return value;
}
