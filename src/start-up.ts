import { Logger } from '@nestjs/common';
import { allMigrations } from './all-migrations.js';
import { type AppConfig, CONFIG_EXIT_CODE, ConfigError, loadConfig } from './infrastructure/config/index.js';
import { runMigrations, waitForDatabase } from './infrastructure/database/index.js';
import { createLogger } from './infrastructure/logging/index.js';

const logger = new Logger('Main');

/** Reads the configuration, or prints every problem and ends with exit code 78 before anything listens. */
export function readConfig(): AppConfig {
  try {
    const config = loadConfig();
    Logger.overrideLogger(createLogger(config));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(CONFIG_EXIT_CODE);
  }
}

/** Waits for the database (S0 DB_MAX_RETRIES) and brings it to the newest migration. */
export async function migrateDatabase(config: AppConfig): Promise<void> {
  await awaitDatabase(config);
  const run = await runMigrations(config.get('DATABASE_URL'), allMigrations);
  if (run.length > 0) logger.log(`Ran ${String(run.length)} migrations, up to ${run.at(-1) ?? ''}`);
}

/** Waits for the database without touching it. */
export function awaitDatabase(config: AppConfig): Promise<void> {
  return waitForDatabase(config.get('DATABASE_URL'), {
    maxRetries: config.get('DB_MAX_RETRIES'),
    retryIntervalMs: config.get('DB_RETRY_INTERVAL'),
    onRetry: (attempt) => logger.warn(`The database does not answer yet (attempt ${String(attempt)})`),
  });
}

/** Runs a program to its end; what it throws is logged as one sentence and ends the process with 1. */
export function runProgram(program: () => Promise<void>): void {
  program().catch((error: unknown) => {
    logger.fatal(error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
}
