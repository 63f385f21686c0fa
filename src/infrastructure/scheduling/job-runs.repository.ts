import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids/index.js';
import { Database } from '../database/index.js';
import type { ClaimedRun, JobRunRecord, RunOutcome } from './job-run.js';

const CLAIMED = `id, job_id AS "jobId", scheduled_at AS "scheduledAt", lease_token AS "leaseToken"`;
const LEASE = (parameter: string): string => `now() + ${parameter}::bigint * interval '1 millisecond'`;

// A run whose process died shows as what it is before anybody has cleared its row.
const RECORD = `
  id, job_id AS "jobId", trigger, scheduled_at AS "scheduledAt", started_at AS "startedAt",
  finished_at AS "finishedAt", counts, error,
  CASE WHEN status = 'running' AND lease_until <= now() THEN 'abandoned' ELSE status END AS status`;

/** The run history. Leases follow the database's clock; ticks are named by their scheduled time. */
@Injectable()
export class JobRunsRepository {
  constructor(private readonly database: Database) {}

  /** Takes the tick of a job, or null when another process has it or a run of the job is open. */
  async claimTick(jobId: string, scheduledAt: Date, leaseMs: number): Promise<ClaimedRun | null> {
    await this.abandonExpired(jobId);
    const [run] = await this.database.query<ClaimedRun>(
      `INSERT INTO job_runs (id, job_id, trigger, status, scheduled_at, started_at, host, process_id,
                             lease_token, lease_until)
       VALUES ($1, $2, 'schedule', 'running', $3, now(), $4, $5, gen_random_uuid(), ${LEASE('$6')})
       ON CONFLICT DO NOTHING RETURNING ${CLAIMED}`,
      [newId(), jobId, scheduledAt, hostname(), process.pid, leaseMs],
    );
    return run ?? null;
  }

  /** Writes down that somebody wants a run, or null when one is queued or running. */
  async insertQueued(jobId: string, requestedAt: Date): Promise<JobRunRecord | null> {
    await this.abandonExpired(jobId);
    const [run] = await this.database.query<JobRunRecord>(
      `INSERT INTO job_runs (id, job_id, trigger, status, scheduled_at) VALUES ($1, $2, 'manual', 'queued', $3)
       ON CONFLICT DO NOTHING RETURNING ${RECORD}`,
      [newId(), jobId, requestedAt],
    );
    return run ?? null;
  }

  /** Takes a queued run, or null when it was taken before. */
  async claimQueued(runId: string, leaseMs: number): Promise<ClaimedRun | null> {
    const [run] = await this.database.query<ClaimedRun>(
      `UPDATE job_runs SET status = 'running', started_at = now(), host = $2, process_id = $3,
              lease_token = gen_random_uuid(), lease_until = ${LEASE('$4')}
        WHERE id = $1 AND status = 'queued' RETURNING ${CLAIMED}`,
      [runId, hostname(), process.pid, leaseMs],
    );
    return run ?? null;
  }

  /** Extends a lease; false when the run is no longer ours. */
  async extend(run: ClaimedRun, leaseMs: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE job_runs SET lease_until = ${LEASE('$3')}
        WHERE id = $1 AND lease_token = $2 RETURNING id`,
      [run.id, run.leaseToken, leaseMs],
    );
    return rows.length === 1;
  }

  /** Records how a run ended; false when it was given up as abandoned meanwhile. */
  async finish(run: ClaimedRun, { status, counts, error }: RunOutcome): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE job_runs SET status = $3, counts = $4::jsonb, error = $5, finished_at = now(),
              lease_token = NULL, lease_until = NULL
        WHERE id = $1 AND lease_token = $2 RETURNING id`,
      [run.id, run.leaseToken, status, counts === null ? null : JSON.stringify(counts), error],
    );
    return rows.length === 1;
  }

  /** The newest run of each job. */
  async findLastRuns(): Promise<Map<string, JobRunRecord>> {
    const runs = await this.database.query<JobRunRecord>(
      `SELECT DISTINCT ON (job_id) ${RECORD} FROM job_runs ORDER BY job_id, created_at DESC, id`,
    );
    return new Map(runs.map((run) => [run.jobId, run]));
  }

  /** Removes the history before a number of days, the newest run of each job excepted. */
  async deleteOlderThan(days: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM job_runs old
        WHERE old.finished_at < now() - $1::integer * interval '1 day'
          AND EXISTS (SELECT 1 FROM job_runs newer
                       WHERE newer.job_id = old.job_id AND newer.created_at > old.created_at)
       RETURNING old.id`,
      [days],
    );
    return rows.length;
  }

  private async abandonExpired(jobId: string): Promise<void> {
    await this.database.query(
      `UPDATE job_runs SET status = 'abandoned', finished_at = now(), lease_token = NULL, lease_until = NULL,
              error = 'The process ended during the run'
        WHERE job_id = $1 AND status = 'running' AND lease_until <= now()`,
      [jobId],
    );
  }
}
