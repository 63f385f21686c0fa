import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { AppConfig } from '../config/index.js';
import { Propagation, Transactional } from '../database/index.js';
import { JobRegistry } from './job-registry.js';
import type { JobRunRecord } from './job-run.js';
import { JobRunner } from './job-runner.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { jobAlreadyRunning, jobNotFound } from './scheduling.errors.js';

/** A job as operators see it. */
export interface JobOverview {
  id: string;
  cron: string;
  description: string;
  timeoutMs: number;
  /** The next tick of the schedule, whichever process runs it. */
  nextRunAt: Date;
  lastRun: JobRunRecord | null;
}

/** The operators' door to the scheduled jobs. */
@Injectable()
export class ScheduledJobs {
  private readonly logger = new Logger('Jobs');

  constructor(
    private readonly config: AppConfig,
    private readonly jobs: JobRegistry,
    private readonly runs: JobRunsRepository,
    private readonly runner: JobRunner,
    private readonly clock: Clock,
  ) {}

  /** Every job with its newest run. */
  async list(): Promise<JobOverview[]> {
    const lastRuns = await this.runs.findLastRuns();
    return this.jobs.all().map(({ id, cron, description, timeoutMs, schedule }) => ({
      id,
      cron,
      description,
      timeoutMs,
      nextRunAt: schedule.nextAfter(this.clock.now()),
      lastRun: lastRuns.get(id) ?? null,
    }));
  }

  /**
   * Queues a run in the caller's transaction; {@link startQueued} begins it once that is committed.
   * @throws DomainError JOB_NOT_FOUND, JOB_ALREADY_RUNNING
   */
  @Transactional(Propagation.Mandatory)
  async requestRun(jobId: string): Promise<JobRunRecord> {
    if (!this.jobs.findJob(jobId)) throw jobNotFound();
    const run = await this.runs.insertQueued(jobId, this.clock.now());
    if (!run) throw jobAlreadyRunning();
    return run;
  }

  /** Begins a queued run in this process without waiting for its end; a run that was begun before is left alone. */
  async startQueued(runId: string): Promise<void> {
    const claimed = await this.runs.claimQueued(runId, this.config.get('JOB_LEASE'));
    if (!claimed) return;
    const job = this.jobs.findJob(claimed.jobId);
    if (!job) {
      await this.runs.finish(claimed, {
        status: 'failed',
        counts: null,
        error: 'The job does not exist any more',
      });
      return;
    }
    this.runner.run(job, claimed).catch((error: unknown) => {
      this.logger.error({ message: 'A run ended badly', job_id: job.id, run_id: runId, err: error });
    });
  }
}
