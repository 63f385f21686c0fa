import { newId, newUlid } from '../../../common/ids/index.js';
import type { Refund } from './refund.entity.js';
import { nextCheckAt } from './refund-schedule.js';

/** What a new refund is about; amount in minor units. */
export type RefundSubject = Pick<
  Refund,
  'orderId' | 'origin' | 'pspPaymentId' | 'amount' | 'currency' | 'initiatorId' | 'itemIds' | 'reason'
>;

/** A pending refund with our own id for the provider (07 7.9.1) and its first check (REFUND_SWEEP_STEPS). */
export function newRefund(subject: RefundSubject, now: Date, stepsMs: readonly number[]): Refund {
  return {
    id: newId(),
    pspRefundId: `ref_${newUlid()}`,
    status: 'pending',
    syncStatus: null,
    pspAckAt: null,
    unknownSince: null,
    reviewSince: null,
    contradictedAt: null,
    settledBy: null,
    failureCode: null,
    errorMessage: null,
    succeededAt: null,
    failedAt: null,
    nextCheckAt: nextCheckAt({ createdAt: now, reviewSince: null }, stepsMs, now),
    providerUpdatedAt: null,
    createdAt: now,
    updatedAt: now,
    ...subject,
  };
}
