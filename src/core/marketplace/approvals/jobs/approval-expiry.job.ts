import { ScheduledJob, type JobRun } from '../../../../infrastructure/scheduling/index.js';
import { Approvals } from '../approvals.service.js';

const BATCH = 100;

/** Ends requests that no second administrator decided. */
@ScheduledJob({
  id: 'approval-expiry',
  cron: '7 * * * *',
  timeoutMs: 60_000,
  description: 'Ends requests for a second administrator that nobody decided within seven days.',
})
export class ApprovalExpiryJob implements JobRun {
  constructor(private readonly approvals: Approvals) {}

  async run({ signal }: { signal: AbortSignal }): Promise<Record<string, number>> {
    let expired = 0;
    while (!signal.aborted) {
      const count = await this.approvals.expireOverdue(BATCH);
      expired += count;
      if (count < BATCH) break;
    }
    return { expired };
  }
}
