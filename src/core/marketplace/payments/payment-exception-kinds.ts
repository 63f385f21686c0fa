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
    resolvedBy: 'POST /marketplace/orders/:id/refund; once all of it is back the case closes',
  },
  payment_after_cancel: {
    means: 'A cancelled order was paid; nothing was granted for it.',
    resolvedBy: 'The automatic refund closes the case',
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
    resolvedBy: 'The automatic refund closes the case',
  },
  payment_already_owned: {
    means: 'An order was paid whose buyer owns one of the products by another order.',
    resolvedBy: 'The automatic refund closes the case',
  },
  payment_exclusive_sold: {
    means: 'An order was paid after somebody else had bought the exclusive licence.',
    resolvedBy: 'The automatic refund closes the case',
  },
  payment_not_deliverable: {
    means: 'An order was paid after its seller had deleted one of its tracks.',
    resolvedBy: 'The automatic refund closes the case',
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
    means:
      'The provider reports a refund as succeeded that had failed here; books, licences and transfers followed it.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  refund_exceeds_captured: {
    means:
      'The provider reports a refund as succeeded that had failed here, and the order has less left than that; it is tried again for 24 hours.',
    resolvedBy:
      "The news that make room for it close the case; else compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  external_refund_mismatch: {
    means: "A refund of the provider's dashboard is larger than what was paid, or in another currency.",
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  refund_after_dispute: {
    means: 'A refund gave back what a lost dispute had taken already; the difference is booked as our loss.',
    resolvedBy: "Compare with the provider's dashboard, then POST /admin/payments/exceptions/:id/resolve",
  },
  refund_in_review: {
    means: 'The provider has been reviewing a refund for more than 24 hours.',
    resolvedBy: 'POST /admin/refunds/:id/resolve; the end of the refund closes the case',
  },
  refund_stuck: {
    means: 'A refund is still pending after the last step of REFUND_SWEEP_STEPS.',
    resolvedBy: 'POST /admin/refunds/:id/resolve; the end of the refund closes the case',
  },
  refund_not_confirmed: {
    means:
      'Asked, the provider says that a refund ended, but no webhook did and REFUND_POLL_AUTHORITATIVE is false.',
    resolvedBy: 'POST /admin/refunds/:id/resolve; the end of the refund closes the case',
  },
  automatic_refund_failed: {
    means: 'Money that bought nothing could not be given back by itself.',
    resolvedBy: 'POST /marketplace/orders/:id/refund; once all of it is back the case closes',
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
  transfer_unknown: {
    means:
      'For 24 hours nobody could find out whether a transfer to a seller arrived; it is asked for again.',
    resolvedBy: 'The next answer closes the case; POST /admin/transfers/:id/retry asks for one now',
  },
  transfer_short: {
    means: "For 10 days the platform's balance at the provider has been too short for a transfer.",
    resolvedBy:
      'Fill the balance up; the next attempt closes the case, POST /admin/transfers/:id/retry asks for one now',
  },
  seller_deauthorised: {
    means: 'A seller withdrew the permission to be paid; the transfer waits for the account.',
    resolvedBy:
      'The seller connects the account again and the transfer closes the case, or POST /admin/transfers/:id/cancel',
  },
  reversal_unknown: {
    means: 'For 24 hours nobody could find out whether a transfer was taken back; it is asked for again.',
    resolvedBy: 'The next answer closes the case; POST /admin/transfers/:id/retry asks for one now',
  },
  reversal_key_mismatch: {
    means: 'One idempotency key was used for two reversals: a mistake of ours.',
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
  ledger_imbalance: {
    means:
      'Adding the book up, or holding it against orders, refunds, transfers or disputes, found problems.',
    resolvedBy:
      'GET /admin/ledger/verify names them; once it finds none POST /admin/payments/exceptions/:id/resolve',
  },
  reconciliation_difference: {
    means: "The daily report found differences between our books and a provider's.",
    resolvedBy:
      'GET /admin/reconciliation-reports/:id/download lists them; once a new POST /admin/reconciliation-reports finds none POST /admin/payments/exceptions/:id/resolve',
  },
} as const satisfies Record<string, ExceptionMeaning>;

export type PaymentExceptionKind = keyof typeof PAYMENT_EXCEPTION_KINDS;
