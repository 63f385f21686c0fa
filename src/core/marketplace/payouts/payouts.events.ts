import { defineEvent } from '../../../infrastructure/events/index.js';

/** A transfer may be sent now; aggregate id is the transfer's. */
export const transferDue = defineEvent<{ transferId: string }>({
  type: 'transfer.due',
  handlers: ['payouts.send-transfer'],
});

/** A transfer that had left must come back; aggregate id is the reversal's. */
export const transferReversalRequested = defineEvent<{ reversalId: string }>({
  type: 'transfer.reversal_requested',
  handlers: ['payouts.send-reversal'],
});
