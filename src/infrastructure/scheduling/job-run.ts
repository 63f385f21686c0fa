/** How a run of a job stands or ended. */
export type JobRunStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'timed_out' | 'abandoned';

/** One line of the run history. */
export interface JobRunRecord {
  id: string;
  jobId: string;
  trigger: 'schedule' | 'manual';
  status: JobRunStatus;
  scheduledAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: Record<string, number> | null;
  error: string | null;
}

/** A run that this process holds under a lease. */
export interface ClaimedRun {
  id: string;
  jobId: string;
  scheduledAt: Date;
  leaseToken: string;
}

/** How a run ended. */
export interface RunOutcome {
  status: Exclude<JobRunStatus, 'queued' | 'running'>;
  counts: Record<string, number> | null;
  error: string | null;
}
