import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

/** A migration class as the wings list it. */
export type MigrationClass = new () => MigrationInterface;

// Any constant will do, as long as every process of the product takes the same one.
const MIGRATION_LOCK = 7_226_001;

/** How long boot waits for a database that is not there yet (S0 DB_MAX_RETRIES, DB_RETRY_INTERVAL). */
export interface ConnectRetry {
  maxRetries: number;
  retryIntervalMs: number;
  onRetry?: (attempt: number, error: unknown) => void;
}

/** Waits until the database accepts connections, or throws the last refusal. */
export async function waitForDatabase(url: string, retry: ConnectRetry): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (attempt >= retry.maxRetries) throw error;
      retry.onRetry?.(attempt + 1, error);
      await pause(retry.retryIntervalMs);
    }
  }
}

/**
 * Runs the pending migrations under an advisory lock: of two servers that start at once the second waits
 * and then finds nothing to do.
 * @returns the names of the migrations that were run
 */
export async function runMigrations(url: string, migrations: readonly MigrationClass[]): Promise<string[]> {
  const guard = new Client({ connectionString: url });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      migrations: [...migrations],
      migrationsTableName: 'migrations',
      extra: { max: 1 },
    });
    await dataSource.initialize();
    try {
      const run = await dataSource.runMigrations({ transaction: 'each' });
      return run.map((migration) => migration.name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await guard.end();
  }
}
