import { ScheduledJob, type JobRun } from '../../../../infrastructure/scheduling/index.js';
import { LedgerVerification } from './ledger-verification.service.js';

/** Adds the book up every hour, so that a problem is known before the next one hides it. */
@ScheduledJob({
  id: 'ledger-verification',
  cron: '41 * * * *',
  timeoutMs: 600_000,
  description: 'Adds the ledger up and holds it against orders, refunds, transfers, reversals and disputes.',
})
export class LedgerVerificationJob implements JobRun {
  constructor(private readonly verification: LedgerVerification) {}

  async run(): Promise<Record<string, number>> {
    const { checks, problemCount } = await this.verification.verifyAndKeep();
    return { checks: checks.length, problems: problemCount };
  }
}
