import { defineEvent } from '../../../infrastructure/events/index.js';

/** A settled refund; amount in minor units. */
export interface RefundSettled {
  refundId: string;
  orderId: string;
  buyerId: string;
  amountMinor: number;
  currency: string;
  /** Less than all that was paid. */
  isPartial: boolean;
}

/** Phase 1 is committed: the provider is to be told; aggregate id is the refund's. */
export const refundRequested = defineEvent<{ refundId: string }>({
  type: 'refund.requested',
  handlers: ['refunds.submit'],
});

/** The money is back; aggregate id is the refund's. */
export const refundSucceeded = defineEvent<RefundSettled>({
  type: 'refund.succeeded',
  handlers: ['refunds.send-success-mail'],
});

/** The money stays; the order is as it was before. */
export const refundFailed = defineEvent<RefundSettled>({
  type: 'refund.failed',
  handlers: ['refunds.send-failure-mail'],
});
