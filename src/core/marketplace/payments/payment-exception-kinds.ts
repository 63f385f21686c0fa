/** What a kind of case means, in plain words for the operator. */
interface ExceptionMeaning {
  readonly means: string;
  /** The endpoint or command that ends the case. */
  readonly resolvedBy: string;
}

/**
 * Every kind of case that can stand on the exceptions list. The table is closed: what is not here cannot be
 * raised. `docs/payment-exceptions.md` and the README's list are made of it.
 */
export const PAYMENT_EXCEPTION_KINDS = {
  payment_amount_mismatch: {
    means:
      'A payment succeeded with another amount or currency than the order has; nothing was granted for it.',
    resolvedBy:
      "Give the money back in the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  payment_after_cancel: {
    means: 'A cancelled order was paid; nothing was granted for it.',
    resolvedBy:
      "Give the money back in the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  payment_partially_captured: {
    means: 'Only a part of the price was captured; nothing was granted for it.',
    resolvedBy:
      "Capture the rest or give the part back in the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  payment_lost_after_success: {
    means: 'The provider reports the payment of a completed order as failed, expired or cancelled.',
    resolvedBy:
      "Compare with the provider's dashboard; when the money is gone POST /marketplace/orders/:id/refund, then POST /admin/payments/exceptions/:id/resolve",
  },
  payment_late_not_for_sale: {
    means: 'An order that had ended was paid late, and its products are no longer for sale.',
    resolvedBy: 'The automatic refund ends the case; POST /admin/payments/exceptions/:id/resolve closes it',
  },
  payment_already_owned: {
    means: 'An order was paid whose buyer owns one of the products by another order.',
    resolvedBy: 'The automatic refund ends the case; POST /admin/payments/exceptions/:id/resolve closes it',
  },
  payment_exclusive_sold: {
    means: 'An order was paid after somebody else had bought the exclusive licence.',
    resolvedBy: 'The automatic refund ends the case; POST /admin/payments/exceptions/:id/resolve closes it',
  },
  payment_discount_exhausted: {
    means: 'An order that had ended was paid late, and its discount code has been used up since.',
    resolvedBy: 'The automatic refund closes the case',
  },
  payment_stuck: {
    means: 'An order is still pending after the last step of PAYMENT_SWEEP_STEPS.',
    resolvedBy:
      "Compare with the provider's dashboard; POST /admin/webhook-events/:id/replay applies what it had reported, then POST /admin/payments/exceptions/:id/resolve",
  },
  webhook_unmatched: {
    means: 'For 24 hours nothing here belonged to the thing that a signed delivery names.',
    resolvedBy: 'POST /admin/webhook-events/:id/replay, or POST /admin/payments/exceptions/:id/resolve',
  },
  webhook_dead: {
    means: 'A signed delivery was stored, but applying it failed until its attempts were used up.',
    resolvedBy: 'Repair what its last_error names, then POST /admin/webhook-events/:id/replay',
  },
  refund_mismatch: {
    means: 'The provider reports another amount, currency or payment than the refund is about.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  refund_failed_after_success: {
    means: 'The provider took a succeeded refund back; the books are corrected and the order is refundable.',
    resolvedBy:
      'POST /marketplace/orders/:id/refund when the buyer is still owed the money, then POST /admin/payments/exceptions/:id/resolve',
  },
  refund_succeeded_after_failure: {
    means: 'The provider reports a refund as succeeded that had failed here.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  stray_transfer: {
    means: 'The payout provider holds a transfer that does not fit its row here.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  transfer_key_mismatch: {
    means: 'One idempotency key was used with two sets of parameters: a mistake of ours.',
    resolvedBy: 'POST /admin/transfers/:id/retry',
  },
  transfer_permanently_failed: {
    means: 'A transfer to a seller was refused five times for reasons that waiting does not change.',
    resolvedBy: 'POST /admin/transfers/:id/retry',
  },
  reversal_failed: {
    means: 'A transfer could not be taken back; it is tried again slowly and the seller carries the debt.',
    resolvedBy: 'The next attempt closes the case; POST /admin/transfers/:id/retry asks for one now',
  },
  dispute_mismatch: {
    means: 'A dispute names another currency than its order has; nothing was booked.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  dispute_after_refund: {
    means: 'More was disputed than is left of the order after its refunds; the rest is our loss for now.',
    resolvedBy:
      "Answer the dispute in the provider's dashboard with the proof of the refund, then POST /admin/payments/exceptions/:id/resolve",
  },
  dispute_contradiction: {
    means: 'The provider reports the opposite of how a dispute had ended here.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
} as const satisfies Record<string, ExceptionMeaning>;

export type PaymentExceptionKind = keyof typeof PAYMENT_EXCEPTION_KINDS;
