import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import type { ProviderRefund } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { RefundCases } from './refund-cases.service.js';
import { isReviewedTooLong, isStuck, nextCheckAt } from './refund-schedule.js';
import { RefundsRepository } from './refunds.repository.js';

/** When pending refunds are asked for, and when waiting is over (REFUND_SWEEP_STEPS). */
@Injectable()
export class RefundPlans {
  private readonly stepsMs: readonly number[];
  private readonly callMs: number;

  constructor(
    private readonly refunds: RefundsRepository,
    private readonly cases: RefundCases,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.stepsMs = config.get('REFUND_SWEEP_STEPS');
    this.callMs = config.get('PSP_TIMEOUT');
  }

  /** True while a call could still be under way that brings the refund to the provider. */
  mayStillArrive({ createdAt }: Refund): boolean {
    return this.clock.now().getTime() - createdAt.getTime() < 2 * this.callMs;
  }

  /** True from the last step of the sweep on. */
  isStuck(refund: Refund): boolean {
    return isStuck(refund, this.stepsMs, this.clock.now());
  }

  /** Lets the next sweep look at a refund, and send it again when it is not there. */
  @Transactional(Propagation.Mandatory)
  async checkNow(refundId: string): Promise<void> {
    const now = this.clock.now();
    await this.refunds.update(refundId, { nextCheckAt: now, updatedAt: now });
  }

  /** Plans the next look after one, and puts on the exceptions list what has waited too long. */
  @Transactional()
  async plan(refundId: string, found: ProviderRefund | null): Promise<void> {
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
