import { JobRunsRepository } from '../job-runs.repository.js';
import { ScheduledJob, type JobRun } from '../scheduled-job.js';

const KEPT_DAYS = 30;

/** Keeps the run history short. */
@ScheduledJob({
  id: 'job-run-retention',
  cron: '17 3 * * *',
  timeoutMs: 60_000,
  description: 'Removes the run history of jobs that is older than 30 days.',
})
export class JobRunRetentionJob implements JobRun {
  constructor(private readonly runs: JobRunsRepository) {}

  async run(): Promise<Record<string, number>> {
    return { deleted: await this.runs.deleteOlderThan(KEPT_DAYS) };
  }
}
