import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { type LockedOrder, OrderRefunds } from '../orders/index.js';
import type { EventOutcome, ProviderEvent } from '../payments/index.js';
import { PayoutsService } from '../payouts/index.js';
import type { Refund, RefundSettledBy } from './refund.entity.js';
import { RefundBooking } from './refund-booking.service.js';
import { reduceRefund } from './refund-reducer.js';
import { refundStates } from './refund-states.js';
import { type RefundSettled, refundFailed, refundSucceeded } from './refunds.events.js';
import { sharesOf } from './refund-shares.js';
import { RefundsRepository } from './refunds.repository.js';

/** Why a refund failed, in the provider's words. */
interface Failure {
  code: string | null;
  message: string | null;
  settledBy: RefundSettledBy;
}

/**
 * Phase 3: the only place that ends a refund. It locks the order, then the refund, then licences, balances
 * and transfers (07 7.6.23), and it does everything or nothing (7.6.9).
 */
@Injectable()
export class RefundSettlement {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly booking: RefundBooking,
    private readonly payouts: PayoutsService,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** Applies a verified report once; `unmatched` when no refund has this id (07 7.9.4). */
  async apply(event: ProviderEvent): Promise<EventOutcome> {
    const refund = await this.refunds.findByPspRefundId(event.objectId);
    return refund ? this.reduce(refund, event) : 'unmatched';
  }

  /** A definite refusal of phase 2: the buyer may ask again (S1). */
  @Transactional()
  async refuse({ id, orderId }: Refund, { code, message }: { code: string; message: string }): Promise<void> {
    const order = await this.orders.lockForRefund(orderId);
    const refund = await this.refunds.findForUpdate(id);
    if (refund?.status === 'pending') await this.fail(order, refund, { code, message, settledBy: 'refusal' });
  }

  @Transactional()
  protected async reduce({ id, orderId }: Refund, event: ProviderEvent): Promise<EventOutcome> {
    const order = await this.orders.lockForRefund(orderId);
    const refund = await this.refunds.findForUpdate(id);
    if (!refund) return 'unmatched';
    const step = reduceRefund({ ...refund, amountMinor: refund.amount }, event);
    switch (step) {
      case 'ignore':
        return 'ignored';
      case 'review':
        await this.refunds.update(id, { reviewSince: refund.reviewSince ?? this.clock.now() });
        return 'applied';
      case 'succeed':
        await this.succeed(order, refund, event.source);
        return 'applied';
      case 'fail':
        await this.fail(order, refund, {
          code: null,
          message: event.errorMessage ?? null,
          settledBy: event.source,
        });
        return 'applied';
      case 'mismatch':
        await this.booking.reportMismatch(refund, event);
        return 'contradiction';
      case 'contradict':
        await this.booking.contradict(order, refund, event);
        return 'contradiction';
    }
  }

  private async succeed(order: LockedOrder, refund: Refund, settledBy: RefundSettledBy): Promise<void> {
    refundStates.assert(refund.status, 'succeeded');
    const now = this.clock.now();
    await this.refunds.update(refund.id, {
      status: 'succeeded',
      succeededAt: now,
      settledBy,
      unknownSince: null,
      updatedAt: now,
    });
    await this.orders.markRefunded(order.id, order.refundedAmountMinor + refund.amount);
    await this.booking.giveBack(order, refund);
    await this.payouts.reverseForOrder({
      orderId: order.id,
      cause: { kind: 'refund', id: refund.id },
      sellers: sharesOf(order.items).map(({ sellerId, netMinor }) => ({
        sellerId,
        netAmountMinor: netMinor,
      })),
      isFull: true,
    });
    await this.outbox.append(refundSucceeded, { aggregateId: refund.id, payload: settledOf(order, refund) });
  }

  private async fail(
    order: LockedOrder,
    refund: Refund,
    { code, message, settledBy }: Failure,
  ): Promise<void> {
    refundStates.assert(refund.status, 'failed');
    const now = this.clock.now();
    await this.refunds.update(refund.id, {
      status: 'failed',
      failedAt: now,
      settledBy,
      failureCode: code,
      errorMessage: message,
      unknownSince: null,
      updatedAt: now,
    });
    await this.orders.markRefundFailed(order.id);
    await this.payouts.releaseForOrder(order.id);
    await this.outbox.append(refundFailed, { aggregateId: refund.id, payload: settledOf(order, refund) });
  }
}

const settledOf = (order: LockedOrder, refund: Refund): RefundSettled => ({
  refundId: refund.id,
  orderId: order.id,
  buyerId: order.buyerId,
  amountMinor: refund.amount,
  currency: refund.currency,
});
