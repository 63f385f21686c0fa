import {
  OutboxHandler,
  type DeliveredEvent,
  type EventHandler,
} from '../../../infrastructure/events/index.js';
import { ScheduledJobs } from '../../../infrastructure/scheduling/index.js';
import { jobRunRequested } from '../operations.events.js';

/** Begins the run that was asked for, in a process that works; asked twice, it begins it once. */
@OutboxHandler(jobRunRequested, 'operations.start-job-run', { maxAttempts: 'unlimited' })
export class StartJobRunHandler implements EventHandler<{ run_id: string }> {
  constructor(private readonly jobs: ScheduledJobs) {}

  handle({ payload }: DeliveredEvent<{ run_id: string }>): Promise<void> {
    return this.jobs.startQueued(payload.run_id);
  }
}
