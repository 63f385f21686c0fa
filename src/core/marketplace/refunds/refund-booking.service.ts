import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { LicensesService } from '../licenses/index.js';
import { type LockedOrder, OrderRefunds } from '../orders/index.js';
import { PaymentExceptions, type ProviderEvent, type PaymentExceptionKind } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { sharesOf } from './refund-shares.js';
import { RefundsRepository } from './refunds.repository.js';

/** What a settled refund does to licences and books, and what a contradicted one undoes. */
@Injectable()
export class RefundBooking {
  constructor(
    private readonly licenses: LicensesService,
    private readonly ledger: LedgerService,
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /** Revokes the licences and debits each seller by what the order had credited (07 7.6.11). */
  @Transactional(Propagation.Mandatory)
  async giveBack(order: LockedOrder, refund: Refund): Promise<void> {
    await this.licenses.revokeForOrder(order.id, 'refunded');
    await this.ledger.post(postings.refundSucceeded(this.movement(order, refund)));
  }

  /**
   * The opposite of a settled refund was reported. A success taken back: opposite entries and a refundable
   * order (07 7.9.17). A late success of a failed refund changes nothing by itself. Both are for a person.
   */
  @Transactional(Propagation.Mandatory)
  async contradict(order: LockedOrder, refund: Refund, event: ProviderEvent): Promise<void> {
    const now = this.clock.now();
    await this.refunds.update(refund.id, { contradictedAt: now, updatedAt: now });
    if (refund.status === 'succeeded') {
      await this.ledger.post(postings.refundContradicted(this.movement(order, refund)));
      await this.orders.reopenAfterContradiction(order.id, order.refundedAmountMinor - refund.amount);
    }
    await this.raise(
      refund,
      event,
      refund.status === 'succeeded' ? 'refund_failed_after_success' : 'refund_succeeded_after_failure',
      `The provider reports "${event.status ?? ''}" for a refund that is ${refund.status}`,
    );
  }

  /** Another amount, currency or payment than ours settles nothing (08 3.3). */
  @Transactional(Propagation.Mandatory)
  async reportMismatch(refund: Refund, event: ProviderEvent): Promise<void> {
    await this.raise(
      refund,
      event,
      'refund_mismatch',
      'The provider reports other money than the refund is about',
    );
  }

  private movement(order: LockedOrder, refund: Refund): Parameters<typeof postings.refundSucceeded>[0] {
    return {
      refundId: refund.id,
      orderId: order.id,
      currency: refund.currency,
      sellers: sharesOf(order.items),
    };
  }

  private async raise(
    refund: Refund,
    event: ProviderEvent,
    kind: PaymentExceptionKind,
    message: string,
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
        reported: {
          status: event.status,
          amount: event.amountMinor,
          currency: event.currency,
          payment_id: event.paymentId,
        },
      },
    });
  }
}
