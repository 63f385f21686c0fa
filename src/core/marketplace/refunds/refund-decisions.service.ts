import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { type Approval, Approvals } from '../approvals/index.js';
import { capturedOf } from '../orders/index.js';
import type { ProviderRefund } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { RefundPlans } from './refund-plans.service.js';
import { type LockedRefund, RefundSettlement } from './refund-settlement.service.js';
import {
  refundContradictsProvider,
  refundExceedsRest,
  refundNotResubmittable,
  refundNotStuck,
  refundSettled,
} from './refunds.errors.js';

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

/** A decision with what it rests on; `approval` is null until a second administrator has allowed it. */
export interface RefundDecision extends RefundResolution {
  providerStatus: ProviderRefund['status'] | 'absent';
  approval: Approval | null;
}

/** Carries out, or asks a second administrator for, what one has decided about a refund. */
@Injectable()
export class RefundDecisions {
  constructor(
    private readonly settlement: RefundSettlement,
    private readonly plans: RefundPlans,
    private readonly approvals: Approvals,
    private readonly audit: AuditWriter,
  ) {}

  /**
   * Decides under the locks of order and refund.
   * @param markExecuted closes the approval in the same transaction
   * @returns the question to a second administrator; null when it is done
   * @throws DomainError as `RefundResolutions.resolve` says
   */
  @Transactional()
  async decide(
    known: Refund,
    decision: RefundDecision,
    markExecuted?: () => Promise<void>,
  ): Promise<Approval | null> {
    const locked = await this.settlement.lock(known);
    const { refund } = locked;
    const { outcome, providerStatus } = decision;
    if (refund.status !== 'pending') throw refundSettled(refund.status);
    const isDecidedThere = providerStatus === 'succeeded' || providerStatus === 'failed';
    if (isDecidedThere && outcome !== providerStatus) throw refundContradictsProvider(providerStatus);
    if (outcome === 'resubmit') {
      if (providerStatus !== 'absent' || refund.origin === 'external') throw refundNotResubmittable();
      await this.plans.checkNow(refund.id);
    } else {
      if (!isDecidedThere && !this.mayBeEnded(refund, providerStatus)) throw refundNotStuck();
      if (outcome === 'succeeded') assertFits(locked);
      const isOwnWord = !isDecidedThere && decision.approval === null;
      if (isOwnWord && this.approvals.isNeeded(refund.amount)) return this.ask(refund, decision);
      await this.settlement.settle(locked, outcome);
    }
    await this.record(refund, decision);
    await markExecuted?.();
    return null;
  }

  private mayBeEnded(refund: Refund, providerStatus: RefundDecision['providerStatus']): boolean {
    return refund.reviewSince !== null || providerStatus === 'review' || this.plans.isStuck(refund);
  }

  private async ask(refund: Refund, { outcome, reason, adminId }: RefundDecision): Promise<Approval> {
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

  private async record(refund: Refund, decision: RefundDecision): Promise<void> {
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
}

/** The dashboard may have given back meanwhile what the refund was about. */
function assertFits({ order, refund }: LockedRefund): void {
  const leftMinor = capturedOf(order).amountMinor - order.refundedAmountMinor;
  if (refund.amount > leftMinor) throw refundExceedsRest(leftMinor);
}
