import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Clock } from '../../common/time/index.js';
import { AppConfig } from '../config/index.js';
import { JobRegistry, type RegisteredJob } from './job-registry.js';
import { JobRunner } from './job-runner.js';
import { JobRunsRepository } from './job-runs.repository.js';

/** Fires the ticks in processes of the role `all` or `worker`; the database says which of them runs one. */
@Injectable()
export class JobScheduler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Jobs');
  private isStopped = false;

  constructor(
    private readonly config: AppConfig,
    private readonly schedulers: SchedulerRegistry,
    private readonly jobs: JobRegistry,
    private readonly runs: JobRunsRepository,
    private readonly runner: JobRunner,
    private readonly clock: Clock,
  ) {}

  /** Starts the timers, unless this process only serves HTTP or JOBS_ENABLED is false. */
  onApplicationBootstrap(): void {
    if (this.config.get('PROCESS_ROLE') === 'api' || !this.config.get('JOBS_ENABLED')) return;
    for (const job of this.jobs.all()) {
      const timer = CronJob.from({
        name: job.id,
        cronTime: job.cron,
        timeZone: 'UTC',
        start: true,
        onTick: () => this.onTimer(job),
        errorHandler: (error) =>
          this.logger.error({ message: 'A tick could not be claimed', job_id: job.id, err: error }),
      });
      this.schedulers.addCronJob(job.id, timer);
    }
  }

  /** Begins nothing more. */
  onModuleDestroy(): void {
    this.isStopped = true;
    for (const timer of this.schedulers.getCronJobs().values()) void timer.stop();
  }

  /**
   * Runs the tick when this process wins it, and resolves when the run has ended.
   * @returns whether this process ran it
   */
  async tick(job: RegisteredJob, scheduledAt: Date): Promise<boolean> {
    const claimed = await this.runs.claimTick(job.id, scheduledAt, this.config.get('JOB_LEASE'));
    if (!claimed) return false;
    await this.runner.run(job, claimed);
    return true;
  }

  private async onTimer(job: RegisteredJob): Promise<void> {
    const tick = job.schedule.takeTick(this.clock.now());
    if (tick && !this.isStopped) await this.tick(job, tick);
  }
}
