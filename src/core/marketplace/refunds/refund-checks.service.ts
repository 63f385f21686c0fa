import { Injectable } from '@nestjs/common';
import { PaymentProvider, ProviderAmbiguous, type ProviderRefund } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { RefundPlans } from './refund-plans.service.js';
import { RefundPolls } from './refund-polls.service.js';
import { RefundSubmission } from './refund-submission.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** What a look at the provider led to. */
export type CheckedAs = 'settled' | 'ended' | 'pending' | 'review' | 'resubmitted' | 'missing' | 'unknown';

/** Asks the provider about a pending refund whose webhook has not come (08 3.2 P4). */
@Injectable()
export class RefundChecks {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly submission: RefundSubmission,
    private readonly polls: RefundPolls,
    private readonly plans: RefundPlans,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Asks, hands a terminal word to the reducer with `source` poll, sends again what never arrived, and plans the
   * next look.
   * @throws ProviderMisconfigured, with nothing planned: that look did not happen
   */
  async check(refundId: string): Promise<CheckedAs> {
    const refund = await this.refunds.find(refundId);
    if (refund?.status !== 'pending' || refund.pspRefundId === null) return 'settled';
    try {
      const found = await this.provider.findRefund(refund.pspRefundId);
      const checkedAs = found === null ? await this.sendAgain(refund) : await this.take(found);
      await this.plans.plan(refundId, found);
      return checkedAs;
    } catch (error) {
      if (!(error instanceof ProviderAmbiguous)) throw error;
      await this.plans.plan(refundId, null);
      return 'unknown';
    }
  }

  private async take(found: ProviderRefund): Promise<CheckedAs> {
    if (found.status === 'pending' || found.status === 'review') return found.status;
    await this.polls.record(found);
    return 'ended';
  }

  /** Never arrived, once no call that could still bring it is under way; what the dashboard made we cannot send. */
  private async sendAgain(refund: Refund): Promise<CheckedAs> {
    if (refund.origin === 'external' || this.plans.mayStillArrive(refund)) return 'missing';
    await this.submission.submit(refund.id, { isMissing: true });
    return 'resubmitted';
  }
}
