import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { AuditWriter } from '../../audit/index.js';
import { type Approval, Approvals } from '../approvals/index.js';
import { OrderRefunds } from '../orders/index.js';
import { PaymentProvider, providerNotConfigured, type ProviderRefund } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { isStuck } from './refund-schedule.js';
import { RefundSettlement } from './refund-settlement.service.js';
import {
  refundContradictsProvider,
  refundNotFound,
  refundNotResubmittable,
  refundNotStuck,
  refundProviderUnavailable,
  refundSettled,
} from './refunds.errors.js';
import { refundRequested } from './refunds.events.js';
import { RefundsRepository } from './refunds.repository.js';

export const REFUND_RESOLUTIONS = ['succeeded', 'failed', 'resubmit'] as const;
export type RefundResolutionOutcome = (typeof REFUND_RESOLUTIONS)[number];

/** What a second administrator is asked for above FOUR_EYES_AMOUNT. */
export const REFUND_RESOLVE = 'refund.resolve';

/** An administrator's decision about a refund. */
export interface RefundResolution {
  outcome: RefundResolutionOutcome;
  reason: string;
  adminId: string;
}

/** The refund as it is now, and the question to a second administrator if there is one. */
export interface ResolvedRefund {
  refund: Refund;
  approval: Approval | null;
}

/** What a decision rests on. */
interface Decision extends RefundResolution {
  providerStatus: ProviderRefund['status'] | 'absent';
  approval: Approval | null;
}

/** Ends by a person's word what neither webhook nor sweep ends (08 1.5: a refund that the connector lost). */
@Injectable()
export class RefundResolutions {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly settlement: RefundSettlement,
    private readonly provider: PaymentProvider,
    private readonly approvals: Approvals,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks the provider first: its terminal word wins. Without one, only a refund under review or beyond the last
   * sweep step can be ended, by a second administrator as well above FOUR_EYES_AMOUNT.
   * @throws DomainError 404 `REFUND_NOT_FOUND`; 409 `REFUND_SETTLED`, `REFUND_CONTRADICTS_PROVIDER`,
   *   `REFUND_NOT_STUCK`, `REFUND_NOT_RESUBMITTABLE`, `APPROVAL_ALREADY_REQUESTED`; 503 when the provider
   *   cannot be asked
   */
  async resolve(refundId: string, resolution: RefundResolution): Promise<ResolvedRefund> {
    const refund = await this.getOpen(refundId);
    const providerStatus = await this.ask(refund);
    const approval = await this.decide(refundId, { ...resolution, providerStatus, approval: null });
    return { refund: await this.get(refundId), approval };
  }

  /** Does what a second administrator allowed, once, after asking the provider again. */
  async resolveApproved(approval: Approval, markExecuted: () => Promise<void>): Promise<void> {
    const { outcome } = approval.payload as Pick<RefundResolution, 'outcome'>;
    const refund = await this.getOpen(approval.resourceId);
    const providerStatus = await this.ask(refund);
    await this.decide(
      refund.id,
      { outcome, reason: approval.reason, adminId: approval.requestedBy, providerStatus, approval },
      markExecuted,
    );
  }

  @Transactional()
  protected async decide(
    refundId: string,
    decision: Decision,
    markExecuted?: () => Promise<void>,
  ): Promise<Approval | null> {
    const { orderId } = await this.get(refundId);
    const order = await this.orders.lockForRefund(orderId);
    const refund = await this.refunds.findForUpdate(refundId);
    if (refund === null) throw refundNotFound();
    if (refund.status !== 'pending') throw refundSettled(refund.status);
    const { outcome, providerStatus } = decision;
    const isDecidedThere = providerStatus === 'succeeded' || providerStatus === 'failed';
    if (isDecidedThere && outcome !== providerStatus) throw refundContradictsProvider(providerStatus);
    if (outcome === 'resubmit') {
      await this.resubmit(refund, providerStatus);
    } else {
      if (!isDecidedThere && !this.mayBeEnded(refund, providerStatus)) throw refundNotStuck();
      const isQuestion = !isDecidedThere && decision.approval === null;
      if (isQuestion && this.approvals.isNeeded(refund.amount)) return this.askSecond(refund, decision);
      await this.settlement.settle(order, refund, outcome);
    }
    await this.record(refund, decision);
    await markExecuted?.();
    return null;
  }

  private mayBeEnded(refund: Refund, providerStatus: Decision['providerStatus']): boolean {
    const isInReview = refund.reviewSince !== null || providerStatus === 'review';
    return isInReview || isStuck(refund, this.config.get('REFUND_SWEEP_STEPS'), this.clock.now());
  }

  /** Forgets the acknowledgement of a refund that the provider does not know, and sends it under the same id. */
  private async resubmit(refund: Refund, providerStatus: Decision['providerStatus']): Promise<void> {
    if (providerStatus !== 'absent' || refund.origin === 'external') throw refundNotResubmittable();
    await this.refunds.update(refund.id, { pspAckAt: null, updatedAt: this.clock.now() });
    await this.outbox.append(refundRequested, { aggregateId: refund.id, payload: { refundId: refund.id } });
  }

  private async askSecond(refund: Refund, { outcome, reason, adminId }: Decision): Promise<Approval> {
    return this.approvals.request({
      action: REFUND_RESOLVE,
      resourceType: 'refund',
      resourceId: refund.id,
      amountMinor: refund.amount,
      currency: refund.currency,
      reason,
      payload: { outcome },
      requestedBy: adminId,
    });
  }

  private async record(refund: Refund, decision: Decision): Promise<void> {
    const { outcome, reason, adminId, providerStatus, approval } = decision;
    await this.audit.record({
      action: 'refund.resolved',
      resourceType: 'refund',
      resourceId: refund.id,
      userId: adminId,
      details: {
        reason,
        provider_status: providerStatus,
        ...(approval === null ? {} : { approval_id: approval.id, approved_by: approval.decidedBy }),
      },
      oldValues: {
        status: refund.status,
        psp_ack_at: refund.pspAckAt,
        review_since: refund.reviewSince,
        unknown_since: refund.unknownSince,
      },
      newValues: { outcome },
    });
  }

  private async ask({ pspRefundId }: Refund): Promise<Decision['providerStatus']> {
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
