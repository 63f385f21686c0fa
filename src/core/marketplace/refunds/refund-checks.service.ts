import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { PaymentProvider, ProviderAmbiguous, type ProviderRefund } from '../payments/index.js';
import { ExternalRefunds } from './external-refunds.service.js';
import type { Refund } from './refund.entity.js';
import { RefundCases } from './refund-cases.service.js';
import { isReviewedTooLong, isStuck, nextCheckAt } from './refund-schedule.js';
import { RefundSubmission } from './refund-submission.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** What a look at the provider led to. */
export type CheckedAs = 'settled' | 'ended' | 'pending' | 'review' | 'resubmitted' | 'missing' | 'unknown';

/** Asks the provider about a pending refund whose webhook has not come (08 3.2 P4). */
@Injectable()
export class RefundChecks {
  private readonly stepsMs: readonly number[];
  private readonly callMs: number;

  constructor(
    private readonly refunds: RefundsRepository,
    private readonly submission: RefundSubmission,
    private readonly externals: ExternalRefunds,
    private readonly cases: RefundCases,
    private readonly provider: PaymentProvider,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.stepsMs = config.get('REFUND_SWEEP_STEPS');
    this.callMs = config.get('PSP_TIMEOUT');
  }

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
      await this.plan(refundId, found);
      return checkedAs;
    } catch (error) {
      if (!(error instanceof ProviderAmbiguous)) throw error;
      await this.plan(refundId, null);
      return 'unknown';
    }
  }

  private async take(found: ProviderRefund): Promise<CheckedAs> {
    if (found.status === 'pending' || found.status === 'review') return found.status;
    await this.externals.record(found);
    return 'ended';
  }

  /** Never arrived, once no call that could still bring it is under way; what the dashboard made we cannot send. */
  private async sendAgain(refund: Refund): Promise<CheckedAs> {
    const ageMs = this.clock.now().getTime() - refund.createdAt.getTime();
    if (refund.origin === 'external' || ageMs < 2 * this.callMs) return 'missing';
    await this.submission.submit(refund.id, { isMissing: true });
    return 'resubmitted';
  }

  @Transactional()
  protected async plan(refundId: string, found: ProviderRefund | null): Promise<void> {
    const refund = await this.refunds.findForUpdate(refundId);
    if (refund?.status !== 'pending') return;
    const now = this.clock.now();
    const reviewSince = found?.status === 'review' ? (refund.reviewSince ?? now) : refund.reviewSince;
    const checked = { createdAt: refund.createdAt, reviewSince };
    await this.refunds.update(refundId, {
      reviewSince,
      nextCheckAt: nextCheckAt(checked, this.stepsMs, now),
    });
    if (isReviewedTooLong(checked, now)) {
      await this.cases.raise(
        refund,
        'refund_in_review',
        'The provider has reviewed it for more than 24 hours',
      );
    }
    if (isStuck(checked, this.stepsMs, now)) {
      await this.cases.raise(
        refund,
        'refund_stuck',
        `The provider says "${found?.status ?? 'nothing'}" after the last step of the sweep`,
      );
    }
  }
}
