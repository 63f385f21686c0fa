import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { AppConfig } from '../config/index.js';
import { Heartbeat } from '../leases/index.js';
import type { RegisteredJob } from './job-registry.js';
import type { ClaimedRun, RunOutcome } from './job-run.js';
import { JobRunsRepository } from './job-runs.repository.js';

const LONGEST_ERROR = 2_000;

/** Why a run was told to stop. */
class StopReason extends Error {
  constructor(
    readonly status: 'timed_out' | 'abandoned',
    message: string,
  ) {
    super(message);
    this.name = 'StopReason';
  }
}

/**
 * Runs what was claimed and records how it ended. The lease lives for as long as the work goes on: a timeout
 * asks the work to stop and never frees the lock under it.
 */
@Injectable()
export class JobRunner implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly running = new Map<Promise<void>, AbortController>();
  private stopDeadlineMs = 0;

  constructor(
    private readonly config: AppConfig,
    private readonly runs: JobRunsRepository,
    private readonly cls: ClsService,
  ) {}

  /** Runs a claimed run to its end; it never throws. */
  async run(job: RegisteredJob, claimed: ClaimedRun): Promise<void> {
    const stop = new AbortController();
    if (this.stopDeadlineMs > 0) stop.abort(new StopReason('abandoned', 'The process stopped'));
    const work = this.execute(job, claimed, stop);
    this.running.set(work, stop);
    await work;
    this.running.delete(work);
  }

  /** Asks every run to stop. */
  onModuleDestroy(): void {
    this.stopDeadlineMs = Date.now() + this.config.get('SHUTDOWN_TIMEOUT');
    for (const stop of this.running.values()) stop.abort(new StopReason('abandoned', 'The process stopped'));
  }

  /** Waits for them until SHUTDOWN_TIMEOUT; a run that goes on shows as abandoned once its lease is over. */
  async beforeApplicationShutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.max(this.stopDeadlineMs - Date.now(), 0));
    });
    await Promise.race([patience, Promise.all(this.running.keys())]);
    clearTimeout(timer);
  }

  private async execute(job: RegisteredJob, claimed: ClaimedRun, stop: AbortController): Promise<void> {
    const started = performance.now();
    const heartbeat = this.startHeartbeat(claimed, stop);
    const timeout = setTimeout(() => {
      this.logger.warn({ message: 'A job is over its time and was told to stop', ...idsOf(claimed) });
      stop.abort(new StopReason('timed_out', `Not done after ${String(job.timeoutMs)} ms`));
    }, job.timeoutMs);
    this.logger.debug({ message: 'A job starts', ...idsOf(claimed) });
    const outcome = await this.outcomeOf(job, claimed, stop.signal);
    clearTimeout(timeout);
    try {
      const isRecorded = await this.runs.finish(claimed, outcome);
      this.report(claimed, outcome, { durationMs: performance.now() - started, isRecorded });
    } catch (error) {
      this.logger.error({ message: 'How a job ended could not be stored', ...idsOf(claimed), err: error });
    } finally {
      heartbeat.stop();
    }
  }

  /** The job gets a context of its own: no transaction and no user of whoever asked for the run. */
  private async outcomeOf(job: RegisteredJob, claimed: ClaimedRun, signal: AbortSignal): Promise<RunOutcome> {
    const { scheduledAt } = claimed;
    try {
      const counts = await this.cls.exit(() => this.cls.run(() => job.job.run({ signal, scheduledAt })));
      const reason: unknown = signal.reason;
      const isLate = reason instanceof StopReason && reason.status === 'timed_out';
      return isLate
        ? { status: 'timed_out', counts, error: reason.message }
        : { status: 'succeeded', counts, error: null };
    } catch (error) {
      const reason: unknown = signal.reason;
      if (reason instanceof StopReason) return { status: reason.status, counts: null, error: reason.message };
      this.logger.error({ message: 'A job failed', ...idsOf(claimed), err: error });
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { status: 'failed', counts: null, error: message.slice(0, LONGEST_ERROR) };
    }
  }

  private startHeartbeat(claimed: ClaimedRun, stop: AbortController): Heartbeat {
    const leaseMs = this.config.get('JOB_LEASE');
    return new Heartbeat({
      leaseMs,
      extend: () => this.runs.extend(claimed, leaseMs),
      onLost: () => stop.abort(new StopReason('abandoned', 'The lease was lost')),
      onError: (error) =>
        this.logger.warn({
          message: 'The lease of a job could not be extended',
          ...idsOf(claimed),
          err: error,
        }),
    });
  }

  private report(
    claimed: ClaimedRun,
    { status, counts, error }: RunOutcome,
    { durationMs, isRecorded }: { durationMs: number; isRecorded: boolean },
  ): void {
    this.logger[status === 'succeeded' && isRecorded ? 'log' : 'warn']({
      message: isRecorded ? 'A job ended' : 'A job ended after it had been given up as abandoned',
      ...idsOf(claimed),
      status,
      duration_ms: Math.round(durationMs),
      ...(counts === null ? {} : { counts }),
      ...(error === null ? {} : { error }),
    });
  }
}

const idsOf = (run: ClaimedRun): { job_id: string; run_id: string; scheduled_at: string } => ({
  job_id: run.jobId,
  run_id: run.id,
  scheduled_at: run.scheduledAt.toISOString(),
});
