import { IdempotencyRepository } from '../../../infrastructure/http/index.js';
import { type JobRun, type JobRunContext, ScheduledJob } from '../../../infrastructure/scheduling/index.js';

const BATCH = 1_000;

/** Forgets the answers kept under an `Idempotency-Key` once the key has expired (07 7.9.15). */
@ScheduledJob({
  id: 'idempotency-retention',
  cron: '27 * * * *',
  timeoutMs: 300_000,
  description: 'Removes idempotency keys and their stored answers once they are older than IDEMPOTENCY_TTL.',
})
export class IdempotencyRetentionJob implements JobRun {
  constructor(private readonly keys: IdempotencyRepository) {}

  async run({ signal }: Pick<JobRunContext, 'signal'>): Promise<Record<string, number>> {
    let deleted = 0;
    while (!signal.aborted) {
      const count = await this.keys.deleteExpired(BATCH);
      deleted += count;
      if (count < BATCH) break;
    }
    return { deleted };
  }
}
