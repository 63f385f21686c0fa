// Gives the run a PostgreSQL server. It stays empty here: the first suite that needs a database migrates the
// template (test/support/database.ts), because only Jest's workers can load the TypeScript sources.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startWatchdog } from '../tools/dev/processes.mjs';
import { TEST_SETTINGS, keptServer } from '../tools/dev/test-postgres.mjs';
import { startCluster } from '../tools/embedded-postgres/index.mjs';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export default async function globalSetup() {
  process.env.NODE_ENV = 'test';
  process.env.TZ = 'UTC';
  process.env.TEST_RUN_ID = randomBytes(4).toString('hex');
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    use(given, false);
    return;
  }
  const major = Number(process.env.PG ?? 18);
  const kept = process.env.CI ? null : keptServer();
  if (kept?.major === major) {
    use(kept.url, true);
    return;
  }
  const watchdog = startWatchdog();
  const cluster = await startCluster({
    projectRoot,
    major,
    settings: TEST_SETTINGS,
    onTemporaryFolder: (folder) => watchdog.watchFolder(folder),
    onLaunch: (pid) => watchdog.watch(pid, 'SIGQUIT'),
  });
  use(cluster.url, true);
  globalThis.stopTestServer = async () => {
    await cluster.stop('SIGQUIT');
    watchdog.forget(cluster.pid);
    watchdog.close();
  };
}

/** The server's address and whether the migrated template may stay there, for the workers. */
function use(url, keepsTemplate) {
  process.env.TEST_SERVER_URL = url;
  process.env.TEST_SERVER_KEEPS_TEMPLATE = String(keepsTemplate);
}
