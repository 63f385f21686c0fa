import { defineStates } from '../../../common/state-machine/index.js';

/** 07 7.3 as amended: what is unknown or under review is still pending. */
export type RefundStatus = 'pending' | 'succeeded' | 'failed';

export const refundStates = defineStates<RefundStatus>('refund', {
  pending: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
});
