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
import { RefundPolls } from './refund-polls.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** How a submission ended. `unknown` and `misconfigured` are tried again with the same id. */
export type SubmittedAs = 'acknowledged' | 'refused' | 'unknown' | 'misconfigured' | 'nothing_to_do';

/** Hyperswitch: the amount is more than what was captured and not yet given back. */
const EXCEEDS_CAPTURED = 'IR_13';

/**
 * Phase 2: tells the provider, outside any transaction. Its answer is kept as information; only a definite
 * refusal ends the refund here (07 7.9.2, 7.9.3).
 */
@Injectable()
export class RefundSubmission {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly settlement: RefundSettlement,
    private readonly polls: RefundPolls,
    private readonly provider: PaymentProvider,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends a refund that the provider has not acknowledged.
   * @param isMissing it was looked for and is not there, whatever was acknowledged: it is sent again
   */
  async submit(refundId: string, { isMissing = false } = {}): Promise<SubmittedAs> {
    const refund = await this.refunds.find(refundId);
    const isSent = refund !== null && refund.pspAckAt !== null && !isMissing;
    if (refund?.status !== 'pending' || isSent || refund.pspRefundId === null) return 'nothing_to_do';
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
    if (error instanceof ProviderRefusal) return this.refuse(refund, error);
    if (error instanceof ProviderAmbiguous) {
      await this.markUnknown(refund.id);
      return 'unknown';
    }
    if (error instanceof Error && error.name === 'ProviderMisconfigured') return 'misconfigured';
    throw error;
  }

  /** Too much: somebody has given back elsewhere what we do not know of, which is looked up first (08 1.3). */
  private async refuse(refund: Refund, { code, message }: ProviderRefusal): Promise<SubmittedAs> {
    if (code === EXCEEDS_CAPTURED) {
      try {
        await this.polls.reconcile(refund);
      } catch (error) {
        if (error instanceof ProviderRefusal) throw error;
        return this.explain(refund, error);
      }
    }
    await this.settlement.refuse(refund, { code, message });
    return 'refused';
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
