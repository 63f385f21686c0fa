import { join } from 'node:path';

interface Cluster {
  url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

interface ClusterModule {
  startCluster(options: {
    projectRoot: string;
    major: number;
    isDurable: boolean;
    onTemporaryFolder: (folder: string) => void;
    onLaunch: (pid: number) => void;
  }): Promise<Cluster>;
}

interface DevProcesses {
  startWatchdog(): {
    watch(pid: number, signal: NodeJS.Signals): void;
    watchFolder(folder: string): void;
    close(): void;
  };
}

/** A PostgreSQL of one suite, with fsync and synchronous_commit on, for drills that kill processes. */
export interface DurablePostgres {
  /** The maintenance database. */
  url: string;
  stop(): Promise<void>;
}

/** Starts it in a temporary folder that `stop` removes; PG chooses the version as for the whole run. */
export async function startDurablePostgres(): Promise<DurablePostgres> {
  const projectRoot = join(__dirname, '..', '..');
  const tools = join(projectRoot, 'tools');
  const { startCluster } = (await import(join(tools, 'embedded-postgres', 'index.mjs'))) as ClusterModule;
  const { startWatchdog } = (await import(join(tools, 'dev', 'processes.mjs'))) as DevProcesses;
  const watchdog = startWatchdog();
  const cluster = await startCluster({
    projectRoot,
    major: Number(process.env.PG ?? 18),
    isDurable: true,
    onTemporaryFolder: (folder) => {
      watchdog.watchFolder(folder);
    },
    onLaunch: (pid) => {
      watchdog.watch(pid, 'SIGQUIT');
    },
  });
  return {
    url: cluster.url,
    stop: async () => {
      await cluster.stop('SIGQUIT');
      watchdog.close();
    },
  };
}
