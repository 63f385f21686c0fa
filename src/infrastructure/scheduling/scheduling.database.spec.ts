import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { createWorkerContext, openSql } from '../../../test/support/worker-context.js';
import { Transactional } from '../database/index.js';
import { JobRunRetentionJob } from './jobs/job-run-retention.job.js';
import { JobRegistry, type RegisteredJob } from './job-registry.js';
import { JobScheduler } from './job-scheduler.js';
import {
  ScheduledJob,
  ScheduledJobs,
  SchedulingModule,
  type JobRun,
  type JobRunContext,
  type JobRunRecord,
} from './index.js';

const runs: JobRunContext[] = [];
let work: (context: JobRunContext) => Promise<Record<string, number>> = () => Promise.resolve({});

@ScheduledJob({ id: 'probe', cron: '0 0 1 1 *', timeoutMs: 150, description: 'Does what the test says.' })
class ProbeJob implements JobRun {
  run(context: JobRunContext): Promise<Record<string, number>> {
    runs.push(context);
    return work(context);
  }
}

@ScheduledJob({ id: 'every-second', cron: '* * * * * *', timeoutMs: 1_000, description: 'Ticks.' })
class EverySecondJob implements JobRun {
  run(): Promise<Record<string, number>> {
    return Promise.resolve({ ticked: 1 });
  }
}

@ScheduledJob({
  id: 'configured',
  cron: 'MONEY_SWEEP_CRON',
  timeoutMs: 1_000,
  description: 'Ticks when told.',
})
class ConfiguredJob implements JobRun {
  run(): Promise<Record<string, number>> {
    return Promise.resolve({});
  }
}

@Injectable()
class Operator {
  constructor(private readonly jobs: ScheduledJobs) {}

  @Transactional()
  requestRun(jobId: string): Promise<JobRunRecord> {
    return this.jobs.requestRun(jobId);
  }
}

@Module({ imports: [SchedulingModule], providers: [ProbeJob, EverySecondJob, ConfiguredJob, Operator] })
class ProbeModule {}

interface Row {
  status: string;
  trigger: string;
  counts: Record<string, number> | null;
  error: string | null;
  host: string | null;
}

describe('scheduled jobs', () => {
  let database: TestDatabase;
  let inspector: Awaited<ReturnType<typeof openSql>>;
  const contexts: INestApplicationContext[] = [];
  const tickAt = new Date('2026-05-01T12:00:00.000Z');

  async function start(env: Record<string, string> = {}): Promise<INestApplicationContext> {
    const context = await createWorkerContext({
      database,
      imports: [ProbeModule],
      env: { JOBS_ENABLED: 'false', ...env },
    });
    contexts.push(context);
    return context;
  }

  const probeOf = (context: INestApplicationContext): RegisteredJob => {
    const job = context.get(JobRegistry).findJob('probe');
    if (!job) throw new Error('The probe is not registered');
    return job;
  };

  const tick = (context: INestApplicationContext, at = tickAt): Promise<boolean> =>
    context.get(JobScheduler).tick(probeOf(context), at);

  const history = (): Promise<Row[]> =>
    inspector.sql<Row>('SELECT status, trigger, counts, error, host FROM job_runs ORDER BY created_at, id');

  /** Resolves when the run is told to stop. */
  const whenStopped = ({ signal }: JobRunContext): Promise<void> =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    inspector = await openSql(database.url);
  });

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await inspector.sql('TRUNCATE job_runs');
    work = () => Promise.resolve({});
    runs.length = 0;
  });

  afterAll(async () => {
    await inspector.close();
    await database.drop();
  });

  it('has one winner per tick among several processes, and records its counts', async () => {
    const processes = await Promise.all([start(), start(), start()]);
    work = () => Promise.resolve({ cleaned: 3, failed: 0 });
    const won = await Promise.all(processes.map((context) => tick(context)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(runs.map((run) => run.scheduledAt)).toEqual([tickAt]);
    expect(await history()).toMatchObject([
      { status: 'succeeded', trigger: 'schedule', counts: { cleaned: 3, failed: 0 }, error: null },
    ]);
  });

  it('does not run a tick again in a process whose clock is late', async () => {
    const [quick, late] = await Promise.all([start(), start()]);
    expect(await tick(quick)).toBe(true);
    expect(await tick(late)).toBe(false);
    expect(runs).toHaveLength(1);
  });

  it('lets no run overlap another one of the same job', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    let finish: () => void = () => undefined;
    work = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve({ done: 1 });
        };
      });
    const running = tick(first);
    await waitFor(() => runs.length);
    expect(await tick(second, new Date(tickAt.getTime() + 60_000))).toBe(false);
    finish();
    await running;
    work = () => Promise.resolve({});
    expect(await tick(second, new Date(tickAt.getTime() + 120_000))).toBe(true);
  });

  it('tells a run to stop at its timeout and records that when it has really ended', async () => {
    const context = await start();
    let finish: () => void = () => undefined;
    work = async (run) => {
      await whenStopped(run);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { cleaned: 1 };
    };
    const running = tick(context);
    await waitFor(() => runs[0]?.signal.aborted);
    expect(await history()).toMatchObject([{ status: 'running' }]);
    expect(await tick(context, new Date(tickAt.getTime() + 60_000))).toBe(false);
    finish();
    await running;
    expect(await history()).toMatchObject([
      { status: 'timed_out', counts: { cleaned: 1 }, error: 'Not done after 150 ms' },
    ]);
  });

  it('records why a run failed and runs the next tick', async () => {
    const context = await start();
    work = () => Promise.reject(new Error('The disk is full'));
    await tick(context);
    expect(await history()).toMatchObject([
      { status: 'failed', error: 'Error: The disk is full', counts: null },
    ]);
    work = () => Promise.resolve({});
    expect(await tick(context, new Date(tickAt.getTime() + 60_000))).toBe(true);
  });

  it('takes over from a process that died: its run is abandoned once its lease is over', async () => {
    const context = await start();
    await inspector.sql(
      `INSERT INTO job_runs (id, job_id, trigger, status, scheduled_at, started_at, lease_token, lease_until)
       VALUES (gen_random_uuid(), 'probe', 'schedule', 'running', $1, now(), gen_random_uuid(),
               now() + interval '300 milliseconds')`,
      [tickAt],
    );
    const next = new Date(tickAt.getTime() + 60_000);
    expect(await tick(context, next)).toBe(false);
    await waitFor(() => tick(context, next));
    expect(await history()).toMatchObject([
      { status: 'abandoned', error: 'The process ended during the run' },
      { status: 'succeeded' },
    ]);
  });

  it('keeps the lease while the work goes on', async () => {
    const context = await start({ JOB_LEASE: '1s' });
    let finish: () => void = () => undefined;
    work = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve({});
        };
      });
    const running = tick(context);
    const lease = async (): Promise<number> => {
      const [row] = await inspector.sql<{ until: Date }>('SELECT lease_until AS until FROM job_runs');
      return row?.until.getTime() ?? 0;
    };
    const begun = await waitFor(lease);
    await waitFor(async () => (await lease()) > begun + 1_500);
    finish();
    await running;
    expect(await history()).toHaveLength(1);
  });

  it('tells running jobs to stop when the process stops', async () => {
    const context = await start();
    work = async (run) => {
      await whenStopped(run);
      throw new Error('Cut off');
    };
    const running = tick(context);
    await waitFor(() => runs.length);
    await context.close();
    contexts.length = 0;
    await running;
    expect(await history()).toMatchObject([{ status: 'abandoned', error: 'The process stopped' }]);
  });

  it('runs a job by hand in whichever process begins it first', async () => {
    const [first, second] = await Promise.all([start({ PROCESS_ROLE: 'api' }), start()]);
    work = () => Promise.resolve({ cleaned: 2 });
    const request = await second.get(Operator).requestRun('probe');
    expect(request).toMatchObject({ jobId: 'probe', status: 'queued', trigger: 'manual', startedAt: null });
    await Promise.all([
      second.get(ScheduledJobs).startQueued(request.id),
      first.get(ScheduledJobs).startQueued(request.id),
    ]);
    await waitFor(async () => (await history())[0]?.status === 'succeeded');
    expect(runs).toHaveLength(1);
  });

  it('refuses to queue a run beside a queued or running one', async () => {
    const context = await start();
    await context.get(Operator).requestRun('probe');
    await expect(context.get(Operator).requestRun('probe')).rejects.toMatchObject({
      code: 'JOB_ALREADY_RUNNING',
    });
    await expect(context.get(Operator).requestRun('unknown')).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
    expect(await history()).toHaveLength(1);
  });

  it('shows each job with its next tick and its newest run', async () => {
    const context = await start();
    work = () => Promise.resolve({ cleaned: 1 });
    await tick(context);
    const overview = await context.get(ScheduledJobs).list();
    expect(overview.map((job) => job.id)).toEqual([
      'configured',
      'every-second',
      'job-run-retention',
      'probe',
    ]);
    expect(overview[3]).toMatchObject({
      timeoutMs: 150,
      lastRun: { status: 'succeeded', counts: { cleaned: 1 } },
    });
    expect(overview[3]?.nextRunAt.toISOString()).toMatch(/-01-01T00:00:00.000Z$/);
  });

  it('takes a schedule from the configuration', async () => {
    const [usual, quick] = await Promise.all([start(), start({ MONEY_SWEEP_CRON: '*/2 * * * * *' })]);
    const cronOf = async (context: INestApplicationContext): Promise<string | undefined> =>
      (await context.get(ScheduledJobs).list()).find(({ id }) => id === 'configured')?.cron;
    expect(await cronOf(usual)).toBe('* * * * *');
    expect(await cronOf(quick)).toBe('*/2 * * * * *');
    const next = quick.get(JobRegistry).findJob('configured')?.schedule.nextAfter(tickAt);
    expect(next?.toISOString()).toBe('2026-05-01T12:00:02.000Z');
  });

  it('forgets old runs, but never the newest of a job', async () => {
    const context = await start();
    for (const [job, age] of [
      ['probe', 50],
      ['probe', 40],
      ['probe', 1],
      ['idle', 90],
    ]) {
      await inspector.sql(
        `INSERT INTO job_runs (id, job_id, trigger, status, scheduled_at, created_at, finished_at)
         SELECT gen_random_uuid(), $1, 'schedule', 'succeeded', moment, moment, moment
           FROM (SELECT now() - $2::integer * interval '1 day' AS moment) AS old`,
        [job, age],
      );
    }
    expect(await context.get(JobRunRetentionJob).run()).toEqual({ deleted: 2 });
    expect(await inspector.sql('SELECT job_id FROM job_runs ORDER BY job_id')).toEqual([
      { job_id: 'idle' },
      { job_id: 'probe' },
    ]);
  });

  it('ticks by its schedule in workers only', async () => {
    await start({ PROCESS_ROLE: 'api', JOBS_ENABLED: 'true' });
    await start({ PROCESS_ROLE: 'worker', JOBS_ENABLED: 'true' });
    await start({ PROCESS_ROLE: 'all', JOBS_ENABLED: 'true' });
    await waitFor(async () => (await history()).length >= 2);
    const ticks = await inspector.sql<{ ticks: string; runs: string }>(
      `SELECT count(DISTINCT scheduled_at) AS ticks, count(*) AS runs FROM job_runs WHERE job_id = 'every-second'`,
    );
    expect(ticks[0]?.runs).toBe(ticks[0]?.ticks);
  });
});
