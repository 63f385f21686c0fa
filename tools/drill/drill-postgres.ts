import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

interface Cluster {
  url: string;
  port: number;
  pid: number;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

interface ClusterModule {
  startCluster: (options: {
    projectRoot: string;
    dataDir: string;
    port?: number;
    isDurable: true;
    onLaunch: (pid: number) => void;
  }) => Promise<Cluster>;
}

interface Processes {
  startWatchdog: () => { watch: (pid: number, signal: NodeJS.Signals) => void; close: () => void };
}

const DATABASE = 'money_drill';

/** A PostgreSQL that syncs what it commits, and that can be stopped as by a power cut and started again. */
export class DrillPostgres {
  private pool: pg.Pool;

  private constructor(
    private cluster: Cluster,
    private readonly startAgain: (port: number) => Promise<Cluster>,
    private readonly closeWatchdog: () => void,
  ) {
    this.pool = this.openPool();
  }

  /** Starts it in a folder of its own. @throws Error when it does not sync what it commits */
  static async start(folder: string): Promise<DrillPostgres> {
    const projectRoot = process.cwd();
    const tools = join(projectRoot, 'tools');
    if (!existsSync(tools)) throw new Error('Start the drill in the folder of the project');
    const { startCluster } = (await import(join(tools, 'embedded-postgres', 'index.mjs'))) as ClusterModule;
    const { startWatchdog } = (await import(join(tools, 'dev', 'processes.mjs'))) as Processes;
    const watchdog = startWatchdog();
    const dataDir = join(folder, 'postgres');
    mkdirSync(dataDir, { recursive: true });
    const start = (port?: number): Promise<Cluster> =>
      startCluster({
        projectRoot,
        dataDir,
        isDurable: true,
        ...(port === undefined ? {} : { port }),
        onLaunch: (pid) => watchdog.watch(pid, 'SIGQUIT'),
      });
    const postgres = new DrillPostgres(await start(), start, () => watchdog.close());
    await postgres.createDatabase();
    return postgres;
  }

  /** The drill's own database. */
  get url(): string {
    return Object.assign(new URL(this.cluster.url), { pathname: `/${DATABASE}` }).toString();
  }

  async rows<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, parameters)).rows;
  }

  /** Ends it at once, without a checkpoint, and starts it again on what it had written. */
  async crash(): Promise<void> {
    const { port } = this.cluster;
    await this.cluster.stop('SIGQUIT');
    await this.pool.end().catch(() => undefined);
    this.cluster = await this.startAgain(port);
    this.pool = this.openPool();
  }

  async stop(): Promise<void> {
    await this.pool.end();
    await this.cluster.stop('SIGQUIT');
    this.closeWatchdog();
  }

  private async createDatabase(): Promise<void> {
    const maintenance = new pg.Client({ connectionString: this.cluster.url });
    await maintenance.connect();
    await maintenance.query(`CREATE DATABASE ${DATABASE}`);
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await maintenance.query<Record<string, string>>(`SHOW ${setting}`);
      if (rows[0]?.[setting] !== 'on') throw new Error(`PostgreSQL runs with ${setting} off`);
    }
    await maintenance.end();
  }

  private openPool(): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, max: 4 });
    // A crash of the database ends idle connections: the next query opens another one.
    pool.on('error', () => undefined);
    return pool;
  }
}
