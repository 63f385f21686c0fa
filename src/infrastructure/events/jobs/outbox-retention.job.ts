import { AppConfig } from '../../config/index.js';
import { ScheduledJob, type JobRun, type JobRunContext } from '../../scheduling/index.js';
import { OutboxRepository } from '../outbox.repository.js';

const BATCH = 1_000;

/** Keeps the outbox small. Dead deliveries stay until somebody has looked at them. */
@ScheduledJob({
  id: 'outbox-retention',
  cron: '37 * * * *',
  timeoutMs: 300_000,
  description: 'Removes events that every handler has dealt with, once they are older than OUTBOX_RETENTION.',
})
export class OutboxRetentionJob implements JobRun {
  constructor(
    private readonly outbox: OutboxRepository,
    private readonly config: AppConfig,
  ) {}

  async run({ signal }: JobRunContext): Promise<Record<string, number>> {
    let deleted = 0;
    while (!signal.aborted) {
      const count = await this.outbox.deleteDelivered(this.config.get('OUTBOX_RETENTION'), BATCH);
      deleted += count;
      if (count < BATCH) break;
    }
    return { deleted };
  }
}
