/** What is known when the provider has answered; the status is the provider's word, null for "no such payment". */
export interface CheckedPayment {
  status: string | null;
  hasOrderEnded: boolean;
  /** The order is as old as the last step of PAYMENT_SWEEP_STEPS. */
  isAtLimit: boolean;
  /** The call that opens the payment may still be under way. */
  mayStillArrive: boolean;
}

/**
 * What a check does: `report` feeds the reducer with the provider's word, `report_absent` with an expiry,
 * `cancel` closes a payment that nobody paid in time, `wait` leaves everything to the next check.
 */
export type CheckStep = 'report' | 'report_absent' | 'cancel' | 'wait';

/** The buyer has not paid and nothing is captured: such a payment can be cancelled (08 1.4). */
const UNPAID: readonly string[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_customer_action',
  'requires_merchant_action',
  'requires_capture',
];

/** Nothing follows these by itself, so that an order whose payment is there must end. */
const FINAL: readonly string[] = ['succeeded', 'failed', 'expired', 'cancelled', 'cancelled_post_capture'];

/** Decides on one answer of the provider (08 3.8.3). */
export function stepOf({ status, hasOrderEnded, isAtLimit, mayStillArrive }: CheckedPayment): CheckStep {
  if (status === null) return hasOrderEnded || mayStillArrive ? 'wait' : 'report_absent';
  if (!UNPAID.includes(status)) return 'report';
  return isAtLimit ? 'cancel' : 'wait';
}

/** True when the provider's word ends the order. */
export const isFinalStatus = (status: string | null): boolean => status === null || FINAL.includes(status);
