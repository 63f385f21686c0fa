import type { ProviderPayment, ProviderRefund } from '../../payments/index.js';
import type { BookedTransfer } from '../../payouts/index.js';
import type { BookedItem } from './report.types.js';

/** The states in which money was captured, in the provider's words (08 1.4). */
const CAPTURED = new Set(['succeeded', 'partially_captured', 'partially_captured_and_capturable']);

/** A payment as it counts: what was received, once something was. */
export const itemOfPayment = (payment: ProviderPayment): BookedItem => ({
  objectId: payment.paymentId,
  amountMinor: payment.amountReceivedMinor ?? payment.amountMinor,
  reversedMinor: 0,
  currency: payment.currency,
  state: CAPTURED.has(payment.status) ? 'settled' : 'open',
});

export const itemOfRefund = (refund: ProviderRefund): BookedItem => ({
  objectId: refund.refundId,
  amountMinor: refund.amountMinor,
  reversedMinor: 0,
  currency: refund.currency,
  state: refund.status === 'succeeded' ? 'settled' : 'open',
});

export const itemOfTransfer = (transfer: BookedTransfer): BookedItem => ({
  objectId: transfer.transferId,
  amountMinor: transfer.amountMinor,
  reversedMinor: transfer.reversedMinor,
  currency: transfer.currency,
  state: 'settled',
});
