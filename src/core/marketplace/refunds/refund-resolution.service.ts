import { Injectable } from '@nestjs/common';
import type { Approval } from '../approvals/index.js';
import { PaymentProvider, providerNotConfigured } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { type RefundDecision, RefundDecisions, type RefundResolution } from './refund-decisions.service.js';
import { refundNotFound, refundProviderUnavailable, refundSettled } from './refunds.errors.js';
import { RefundsRepository } from './refunds.repository.js';

/** The refund as it is now, and the question to a second administrator if there is one. */
export interface ResolvedRefund {
  refund: Refund;
  approval: Approval | null;
}

/** Ends by a person's word what neither webhook nor sweep ends (08 1.5: a refund that the connector lost). */
@Injectable()
export class RefundResolutions {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly decisions: RefundDecisions,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Asks the provider first: its terminal word wins. Without one, only a refund under review or beyond the last
   * sweep step can be ended, by a second administrator as well above FOUR_EYES_AMOUNT.
   * @throws DomainError 404 `REFUND_NOT_FOUND`; 409 `REFUND_SETTLED`, `REFUND_CONTRADICTS_PROVIDER`,
   *   `REFUND_NOT_STUCK`, `REFUND_NOT_RESUBMITTABLE`, `APPROVAL_ALREADY_REQUESTED`; 422
   *   `REFUND_EXCEEDS_REST` for a success of more than is left; 503 when the provider cannot be asked
   */
  async resolve(refundId: string, resolution: RefundResolution): Promise<ResolvedRefund> {
    const refund = await this.getOpen(refundId);
    const providerStatus = await this.ask(refund);
    const approval = await this.decisions.decide(refund, { ...resolution, providerStatus, approval: null });
    return { refund: await this.get(refundId), approval };
  }

  /** Does what a second administrator allowed, once, after asking the provider again. */
  async resolveApproved(approval: Approval, markExecuted: () => Promise<void>): Promise<void> {
    const refund = await this.getOpen(approval.resourceId);
    const { outcome } = approval.payload as Pick<RefundResolution, 'outcome'>;
    const { reason, requestedBy: adminId } = approval;
    const providerStatus = await this.ask(refund);
    await this.decisions.decide(refund, { outcome, reason, adminId, providerStatus, approval }, markExecuted);
  }

  private async ask({ pspRefundId }: Refund): Promise<RefundDecision['providerStatus']> {
    if (!this.provider.isConfigured()) throw providerNotConfigured(this.provider.name);
    if (pspRefundId === null) return 'absent';
    try {
      return (await this.provider.findRefund(pspRefundId))?.status ?? 'absent';
    } catch (error) {
      throw refundProviderUnavailable(error);
    }
  }

  private async getOpen(id: string): Promise<Refund> {
    const refund = await this.get(id);
    if (refund.status !== 'pending') throw refundSettled(refund.status);
    return refund;
  }

  private async get(id: string): Promise<Refund> {
    const refund = await this.refunds.find(id);
    if (refund === null) throw refundNotFound();
    return refund;
  }
}
