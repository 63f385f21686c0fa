import { defineStates } from '../../../common/state-machine/index.js';

/** All states an order can be in, complete from the start (design/decisions.md). */
export const ORDER_STATUSES = [
  'pending',
  'completed',
  'refund_pending',
  'partially_refunded',
  'refunded',
  'failed',
  'expired',
  'cancelled',
] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

/**
 * The life of an order (07 7.3 as amended by 7.9). `failed` and `expired` may complete late (7.9.11),
 * `cancelled` may not. A lost dispute may take all that refunds had left. What was given back goes back a step
 * only when the provider takes a refund back (7.9.17).
 */
export const orderStates = defineStates<OrderStatus>('order', {
  pending: ['completed', 'failed', 'expired', 'cancelled'],
  completed: ['refund_pending'],
  refund_pending: ['completed', 'partially_refunded', 'refunded'],
  partially_refunded: ['refund_pending', 'refunded', 'completed'],
  refunded: ['refund_pending', 'completed', 'partially_refunded'],
  failed: ['completed'],
  expired: ['completed'],
  cancelled: [],
});
