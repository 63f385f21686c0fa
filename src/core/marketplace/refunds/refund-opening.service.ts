import { Injectable } from '@nestjs/common';
import { newId, newUlid } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { AuditWriter } from '../../audit/index.js';
import { type LockedOrder, OrderRefunds } from '../orders/index.js';
import { PayoutsService } from '../payouts/index.js';
import type { Refund } from './refund.entity.js';
import { isWithinRefundWindow, refundDeadlineOf } from './refund-window.js';
import {
  orderNotRefundable,
  refundAlreadyRequested,
  refundForbidden,
  refundWindowExpired,
} from './refunds.errors.js';
import { refundRequested } from './refunds.events.js';
import { RefundsRepository } from './refunds.repository.js';

/** Whoever has it may refund any order, at any time; each use is audited (07 7.9.8). */
const REFUND_ANY = 'ownership.override';

/** Phase 1: a short transaction under the order's lock that decides and writes everything down (S1). */
@Injectable()
export class RefundOpening {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly payouts: PayoutsService,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** The provider's id is stored before anybody is called with it (07 7.9.1). */
  @Transactional()
  async open(orderId: string, user: RequestUser, reason: string | null): Promise<Refund> {
    const order = await this.orders.lockForRefund(orderId);
    const isParty = order.buyerId === user.id || order.items.some((item) => item.sellerId === user.id);
    if (!isParty && !user.permissions.has(REFUND_ANY)) throw refundForbidden();
    const pspPaymentId = await this.assertRefundable(order, user);
    const refund = this.newRefund(order, { pspPaymentId, initiatorId: user.id, reason });
    await this.refunds.insert(refund);
    await this.orders.markRefundPending(orderId);
    await this.payouts.holdForOrder(orderId);
    await this.outbox.append(refundRequested, { aggregateId: refund.id, payload: { refundId: refund.id } });
    if (!isParty || !this.isInTime(order)) await this.record(refund, order);
    return refund;
  }

  /** The checks in the order of 07 7.4. @returns the payment to give back */
  private async assertRefundable(order: LockedOrder, user: RequestUser): Promise<string> {
    if (order.status === 'refund_pending') throw refundAlreadyRequested();
    if (order.status !== 'completed') throw orderNotRefundable();
    const earlier = await this.refunds.findOfOrder(order.id);
    if (earlier.some(isOpenOrGivenBack)) throw refundAlreadyRequested();
    if (order.pspPaymentId === null || order.totalAmountMinor <= order.refundedAmountMinor) {
      throw orderNotRefundable();
    }
    if (!this.isInTime(order) && !user.permissions.has(REFUND_ANY)) {
      throw refundWindowExpired(refundDeadlineOf(order));
    }
    return order.pspPaymentId;
  }

  private isInTime(order: LockedOrder): boolean {
    return isWithinRefundWindow(order, this.clock.now());
  }

  private newRefund(
    order: LockedOrder,
    request: Pick<Refund, 'pspPaymentId' | 'initiatorId' | 'reason'>,
  ): Refund {
    const now = this.clock.now();
    return {
      id: newId(),
      orderId: order.id,
      origin: 'request',
      pspRefundId: `ref_${newUlid()}`,
      // A full refund names its amount; it equals what null would mean (07 7.9.19).
      amount: order.totalAmountMinor - order.refundedAmountMinor,
      currency: order.currency,
      status: 'pending',
      syncStatus: null,
      pspAckAt: null,
      unknownSince: null,
      reviewSince: null,
      contradictedAt: null,
      settledBy: null,
      failureCode: null,
      errorMessage: null,
      succeededAt: null,
      failedAt: null,
      createdAt: now,
      updatedAt: now,
      ...request,
    };
  }

  private async record(refund: Refund, order: LockedOrder): Promise<void> {
    await this.audit.record({
      action: 'refund.request',
      resourceType: 'refund',
      resourceId: refund.id,
      details: {
        order_id: order.id,
        reason: refund.reason,
        refund_deadline: refundDeadlineOf(order).toISOString(),
        is_after_deadline: !this.isInTime(order),
      },
      newValues: { amount: refund.amount, currency: refund.currency },
    });
  }
}

/** Contradicted rows mean the opposite of their state (07 7.9.17). */
const isOpenOrGivenBack = (refund: Refund): boolean =>
  refund.status === 'pending' || (refund.status === 'succeeded') === (refund.contradictedAt === null);
