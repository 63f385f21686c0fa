import { Logger } from '@nestjs/common';
import { allMigrations } from './all-migrations.js';
import { createApp } from './create-app.js';
import { type AppConfig, CONFIG_EXIT_CODE, ConfigError, loadConfig } from './infrastructure/config/index.js';
import { runMigrations, waitForDatabase } from './infrastructure/database/index.js';
import { createLogger } from './infrastructure/logging/index.js';

const logger = new Logger('Main');

/** Reads the configuration, or prints every problem and ends with exit code 78 before anything listens. */
function readConfig(): AppConfig {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(CONFIG_EXIT_CODE);
  }
}

async function prepareDatabase(config: AppConfig): Promise<void> {
  const url = config.get('DATABASE_URL');
  await waitForDatabase(url, {
    maxRetries: config.get('DB_MAX_RETRIES'),
    retryIntervalMs: config.get('DB_RETRY_INTERVAL'),
    onRetry: (attempt) => logger.warn(`The database does not answer yet (attempt ${String(attempt)})`),
  });
  if (!config.get('RUN_MIGRATIONS')) return;
  const run = await runMigrations(url, allMigrations);
  if (run.length > 0) logger.log(`Ran ${String(run.length)} migrations, up to ${run.at(-1) ?? ''}`);
}

async function start(): Promise<void> {
  const config = readConfig();
  Logger.overrideLogger(createLogger(config));
  await prepareDatabase(config);
  const app = await createApp(config);
  await app.listen(config.get('APP_PORT'), config.get('APP_HOST'));
}

start().catch((error: unknown) => {
  logger.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
