import { Logger } from '@nestjs/common';
import { ScheduledJob, type JobRun } from '../../../../infrastructure/scheduling/index.js';
import type { DueCheck } from '../payment-checks.repository.js';
import { type CheckResult, PaymentChecks } from '../payment-checks.service.js';

const BATCH = 200;

/** Finds out about payments whose webhooks were lost (08 3.8.3). */
@ScheduledJob({
  id: 'payment-sweep',
  cron: 'MONEY_SWEEP_CRON',
  timeoutMs: 300_000,
  description:
    'Asks the provider about orders that are not paid after PAYMENT_SWEEP_STEPS, and cancels payments at the last step.',
})
export class PaymentSweepJob implements JobRun {
  private readonly logger = new Logger(PaymentSweepJob.name);

  constructor(private readonly checks: PaymentChecks) {}

  async run({ signal }: { signal: AbortSignal }): Promise<Record<string, number>> {
    const healed = await this.checks.closeHealed();
    const counts: Partial<Record<CheckResult | 'broken' | 'healed', number>> = healed === 0 ? {} : { healed };
    for (const due of await this.checks.findDue(BATCH)) {
      if (signal.aborted) break;
      const result = await this.unlessBroken(due);
      counts[result] = (counts[result] ?? 0) + 1;
    }
    if (counts.misconfigured !== undefined) {
      this.logger.error({
        message: 'the payment provider refuses our credentials; payments are asked for again at the next run',
        orders: counts.misconfigured,
      });
    }
    return counts;
  }

  /** The oldest come first, so one that cannot be asked for must not keep the others from their turn. */
  private async unlessBroken(due: DueCheck): Promise<CheckResult | 'broken'> {
    try {
      return await this.checks.check(due);
    } catch (error) {
      this.logger.error({ message: 'a payment could not be checked', order_id: due.orderId, err: error });
      return 'broken';
    }
  }
}
