import { Logger } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import {
  ScheduledJob,
  type JobRun,
  type JobRunContext,
} from '../../../../infrastructure/scheduling/index.js';
import { PaymentProvider, ProviderMisconfigured } from '../../payments/index.js';
import { RefundChecks } from '../refund-checks.service.js';
import { RefundsRepository } from '../refunds.repository.js';

const BATCH = 100;

/** Asks the provider about refunds whose webhook has not come: not every refund ever sends one (08 0.4). */
@ScheduledJob({
  id: 'refund-sweep',
  cron: 'MONEY_SWEEP_CRON',
  timeoutMs: 300_000,
  description:
    'Asks the provider about pending refunds by REFUND_SWEEP_STEPS, applies what it says, sends again what never arrived.',
})
export class RefundSweepJob implements JobRun {
  private readonly logger = new Logger(RefundSweepJob.name);

  constructor(
    private readonly refunds: RefundsRepository,
    private readonly checks: RefundChecks,
    private readonly provider: PaymentProvider,
    private readonly clock: Clock,
  ) {}

  async run({ signal }: Pick<JobRunContext, 'signal'>): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    if (!this.provider.isConfigured()) return counts;
    for (const id of await this.refunds.findDue(this.clock.now(), BATCH)) {
      if (signal.aborted) break;
      const checkedAs = await this.check(id);
      counts[checkedAs] = (counts[checkedAs] ?? 0) + 1;
      // Refused credentials are the same for every refund; none of them has been looked at.
      if (checkedAs === 'misconfigured') break;
    }
    return counts;
  }

  private async check(id: string): Promise<string> {
    try {
      return await this.checks.check(id);
    } catch (error) {
      if (error instanceof ProviderMisconfigured) {
        this.logger.error({ message: 'refunds wait for working provider credentials', refund_id: id });
        return 'misconfigured';
      }
      this.logger.error({ message: 'a refund could not be asked for', refund_id: id, err: error });
      return 'broken';
    }
  }
}
