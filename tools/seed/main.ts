import { allMigrations } from '../../src/all-migrations.js';
import { createApp } from '../../src/create-app.js';
import {
  type AppConfig,
  CONFIG_EXIT_CODE,
  ConfigError,
  loadConfig,
} from '../../src/infrastructure/config/index.js';
import { runMigrations, waitForDatabase } from '../../src/infrastructure/database/index.js';
import { knownDomains, runSeeds } from './run-seeds.js';

function giveUp(sentence: string, exitCode: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}

/** Demo accounts have known passwords: they must never reach a system that people use. */
function refuse(environment: string): never {
  giveUp(
    `The demo data are for development and tests only: refused with APP_ENV=${environment}.`,
    CONFIG_EXIT_CODE,
  );
}

function readConfig(): AppConfig {
  const named = (process.env['APP_ENV'] ?? process.env['ENVIRONMENT'] ?? '').trim().toLowerCase();
  if (['staging', 'production'].includes(named)) refuse(named);
  // This process serves nobody, and processes the media itself when no server runs beside it.
  process.env['PROCESS_ROLE'] = 'worker';
  process.env['JOBS_ENABLED'] = 'false';
  process.env['LOG_LEVEL'] ??= 'ERROR';
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) giveUp(error.message, CONFIG_EXIT_CODE);
    throw error;
  }
}

async function main(): Promise<void> {
  const config = readConfig();
  if (config.isProductionLike) refuse(config.get('APP_ENV'));
  const domain = process.env['DOMAIN'] === '' ? undefined : process.env['DOMAIN'];
  if (domain !== undefined && !knownDomains().includes(domain)) {
    giveUp(`DOMAIN must be one of ${knownDomains().join(', ')}.`, 1);
  }
  const url = config.get('DATABASE_URL');
  await waitForDatabase(url, {
    maxRetries: config.get('DB_MAX_RETRIES'),
    retryIntervalMs: config.get('DB_RETRY_INTERVAL'),
  });
  if (config.get('RUN_MIGRATIONS')) await runMigrations(url, allMigrations);
  const app = await createApp(config);
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    for (const { domain: name, made, present } of await runSeeds(app, domain)) {
      console.log(`Demo data, ${name}: ${String(made)} made, ${String(present)} there already.`);
    }
  } finally {
    await app.close();
  }
}

main().catch((error: unknown) => {
  giveUp(`The demo data could not be written: ${error instanceof Error ? error.message : String(error)}`, 1);
});
