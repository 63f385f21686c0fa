import { Injectable } from '@nestjs/common';
import { newId, newUlid } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { capturedOf, type LockedOrder, OrderRefunds } from '../orders/index.js';
import { PayoutsService } from '../payouts/index.js';
import type { Refund } from './refund.entity.js';
import { nextCheckAt } from './refund-schedule.js';
import { refundRequested } from './refunds.events.js';
import { RefundsRepository } from './refunds.repository.js';

/** What a new refund is about; amount in minor units, in the currency of what was captured. */
export type RefundSubject = Pick<Refund, 'origin' | 'amount' | 'initiatorId' | 'itemIds' | 'reason'> &
  Partial<Pick<Refund, 'idempotencyKey'>>;
/** What the provider has told of a refund that was made in its dashboard. */
export type RefundThere = Pick<Refund, 'pspRefundId' | 'syncStatus'>;

/** Writes new refunds, each once, for an order that the caller holds locked. */
@Injectable()
export class RefundWriter {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly orders: OrderRefunds,
    private readonly payouts: PayoutsService,
    private readonly outbox: OutboxWriter,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * A refund of ours: its id for the provider is stored before anybody is called with it (07 7.9.1).
   * @throws DomainError 400 `REFUND_ALREADY_REQUESTED` when the order has an open one of ours
   */
  @Transactional(Propagation.Mandatory)
  async open(order: LockedOrder, subject: RefundSubject): Promise<Refund> {
    const refund = this.refundOf(order, subject);
    await this.insert(order, refund);
    await this.outbox.append(refundRequested, { aggregateId: refund.id, payload: { refundId: refund.id } });
    return refund;
  }

  /** A refund that the provider has already. */
  @Transactional(Propagation.Mandatory)
  async adopt(order: LockedOrder, subject: RefundSubject, there: RefundThere): Promise<Refund> {
    const refund = { ...this.refundOf(order, subject), ...there, pspAckAt: this.clock.now() };
    await this.insert(order, refund);
    return refund;
  }

  /** What the user opened for the order with this key, while keys are kept (07 7.9.15). */
  async findOpened(orderId: string, initiatorId: string, key: string): Promise<Refund | null> {
    const since = new Date(this.clock.now().getTime() - this.config.get('IDEMPOTENCY_TTL'));
    return this.refunds.findByKey({ orderId, initiatorId, key }, since);
  }

  private async insert(order: LockedOrder, refund: Refund): Promise<void> {
    await this.refunds.insert(refund);
    await this.orders.noteProgress(order.id, { refundedMinor: order.refundedAmountMinor, isOpen: true });
    if (order.completedAt !== null) await this.payouts.holdForOrder(order.id);
  }

  private refundOf(order: LockedOrder, subject: RefundSubject): Refund {
    const now = this.clock.now();
    const steps = this.config.get('REFUND_SWEEP_STEPS');
    return {
      id: newId(),
      orderId: order.id,
      pspPaymentId: order.pspPaymentId ?? '',
      pspRefundId: `ref_${newUlid()}`,
      currency: capturedOf(order).currency,
      status: 'pending',
      syncStatus: null,
      pspAckAt: null,
      unknownSince: null,
      reviewSince: null,
      contradictedAt: null,
      settledBy: null,
      idempotencyKey: null,
      failureCode: null,
      errorMessage: null,
      succeededAt: null,
      failedAt: null,
      nextCheckAt: nextCheckAt({ createdAt: now, reviewSince: null }, steps, now),
      providerUpdatedAt: null,
      createdAt: now,
      updatedAt: now,
      ...subject,
    };
  }
}
