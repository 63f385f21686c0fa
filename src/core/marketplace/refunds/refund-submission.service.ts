import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import {
  PaymentProvider,
  ProviderAmbiguous,
  type ProviderRefund,
  ProviderRefusal,
} from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** How a submission ended. `unknown` and `misconfigured` are tried again with the same id. */
export type SubmittedAs = 'acknowledged' | 'refused' | 'unknown' | 'misconfigured' | 'nothing_to_do';

/**
 * Phase 2: tells the provider, outside any transaction. Its answer is kept as information; only a definite
 * refusal ends the refund here (07 7.9.2, 7.9.3).
 */
@Injectable()
export class RefundSubmission {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly settlement: RefundSettlement,
    private readonly provider: PaymentProvider,
    private readonly clock: Clock,
  ) {}

  async submit(refundId: string): Promise<SubmittedAs> {
    const refund = await this.refunds.find(refundId);
    if (refund?.status !== 'pending' || refund.pspAckAt !== null || refund.pspRefundId === null) {
      return 'nothing_to_do';
    }
    if (!this.provider.isConfigured()) return 'misconfigured';
    try {
      await this.acknowledge(refund.id, await this.ask(refund, refund.pspRefundId));
      return 'acknowledged';
    } catch (error) {
      return this.explain(refund, error);
    }
  }

  /** The same id every time: a second request for it moves no money (08 finding 1). */
  private async ask(refund: Refund, pspRefundId: string): Promise<ProviderRefund> {
    const found = refund.unknownSince === null ? null : await this.provider.findRefund(pspRefundId);
    if (found !== null) return found;
    try {
      return await this.provider.createRefund({
        refundId: pspRefundId,
        paymentId: refund.pspPaymentId,
        amountMinor: refund.amount,
        orderId: refund.orderId,
      });
    } catch (error) {
      // "Too much" may be the shadow of our own earlier request: believed only when nothing is there.
      const own = error instanceof ProviderRefusal ? await this.provider.findRefund(pspRefundId) : null;
      if (own === null) throw error;
      return own;
    }
  }

  private async explain(refund: Refund, error: unknown): Promise<SubmittedAs> {
    if (error instanceof ProviderRefusal) {
      await this.settlement.refuse(refund, { code: error.code, message: error.message });
      return 'refused';
    }
    if (error instanceof ProviderAmbiguous) {
      await this.markUnknown(refund.id);
      return 'unknown';
    }
    if (error instanceof Error && error.name === 'ProviderMisconfigured') return 'misconfigured';
    throw error;
  }

  @Transactional()
  protected async acknowledge(refundId: string, answer: ProviderRefund): Promise<void> {
    const refund = await this.refunds.findForUpdate(refundId);
    if (!refund) return;
    const now = this.clock.now();
    await this.refunds.update(refundId, {
      syncStatus: answer.status,
      pspAckAt: now,
      unknownSince: null,
      ...(answer.status === 'review' ? { reviewSince: refund.reviewSince ?? now } : {}),
      updatedAt: now,
    });
  }

  @Transactional()
  protected async markUnknown(refundId: string): Promise<void> {
    const refund = await this.refunds.findForUpdate(refundId);
    if (refund?.status !== 'pending') return;
    const now = this.clock.now();
    await this.refunds.update(refundId, { unknownSince: refund.unknownSince ?? now, updatedAt: now });
  }
}
