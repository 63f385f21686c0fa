import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { type PaymentExceptionKind, PaymentExceptions, type ProviderEvent } from '../payments/index.js';
import type { Refund } from './refund.entity.js';

/** Cases that end when the refund does. */
const WHILE_OPEN: readonly PaymentExceptionKind[] = [
  'refund_stuck',
  'refund_in_review',
  'refund_not_confirmed',
  'refund_exceeds_captured',
];
/** Cases that end when the buyer has the money back. */
const UNFULFILLED: readonly PaymentExceptionKind[] = [
  'payment_amount_mismatch',
  'payment_after_cancel',
  'payment_late_not_for_sale',
  'payment_already_owned',
  'payment_exclusive_sold',
  'payment_discount_exhausted',
  'payment_not_deliverable',
  'automatic_refund_failed',
];

/** What about refunds a person has to look at, and when that is over. */
@Injectable()
export class RefundCases {
  constructor(private readonly exceptions: PaymentExceptions) {}

  /** Raises a case about what the provider reported of a refund. */
  @Transactional(Propagation.Mandatory)
  async raiseReported(
    refund: Refund,
    event: ProviderEvent,
    { kind, message }: { kind: PaymentExceptionKind; message: string },
  ): Promise<void> {
    await this.exceptions.raise({
      kind,
      provider: event.provider,
      orderId: refund.orderId,
      refundId: refund.id,
      webhookEventId: event.webhookEventId,
      message,
      details: {
        expected: { amount: refund.amount, currency: refund.currency, payment_id: refund.pspPaymentId },
        reported: reportedBy(event),
      },
    });
  }

  /** A refund of the dashboard is about other money than the order has. */
  @Transactional(Propagation.Mandatory)
  async raiseExternal(orderId: string, event: ProviderEvent): Promise<void> {
    await this.exceptions.raise({
      kind: 'external_refund_mismatch',
      provider: event.provider,
      orderId,
      webhookEventId: event.webhookEventId,
      message: 'More, or another currency, was given back in the dashboard than the order has left',
      details: { reported: reportedBy(event) },
    });
  }

  /** Raises a case about a refund itself; once while it is open. */
  @Transactional(Propagation.Mandatory)
  async raise(refund: Refund, kind: PaymentExceptionKind, message: string): Promise<void> {
    await this.exceptions.raise({
      kind,
      provider: 'hyperswitch',
      orderId: refund.orderId,
      refundId: refund.id,
      message,
      details: { psp_refund_id: refund.pspRefundId, amount: refund.amount, currency: refund.currency },
    });
  }

  /** Asked, the provider says that it ended; REFUND_POLL_AUTHORITATIVE does not take that for an end. */
  @Transactional(Propagation.Mandatory)
  async raiseUnconfirmed(refund: Refund, { status = '' }: ProviderEvent): Promise<void> {
    await this.raise(
      refund,
      'refund_not_confirmed',
      `Asked, the provider says "${status}", but no webhook did`,
    );
  }

  /** A refund gave back what a lost dispute had taken already: the difference is our loss. */
  @Transactional(Propagation.Mandatory)
  async raiseAfterDispute(refund: Refund, coveredMinor: number): Promise<void> {
    await this.raise(
      refund,
      'refund_after_dispute',
      `Only ${String(coveredMinor)} of the refund were left of the order`,
    );
  }

  /** The refund is settled. */
  @Transactional(Propagation.Mandatory)
  async closeOpen(refundId: string): Promise<void> {
    for (const kind of WHILE_OPEN) await this.exceptions.resolveFor({ kind, refundId }, 'The refund ended');
  }

  /** All that was paid for nothing is back. */
  @Transactional(Propagation.Mandatory)
  async closeUnfulfilled(orderId: string): Promise<void> {
    for (const kind of UNFULFILLED) {
      await this.exceptions.resolveFor({ kind, orderId }, 'The money was given back');
    }
  }
}

const reportedBy = (event: ProviderEvent): Record<string, unknown> => ({
  refund_id: event.objectId,
  status: event.status,
  amount: event.amountMinor,
  currency: event.currency,
  payment_id: event.paymentId,
});
