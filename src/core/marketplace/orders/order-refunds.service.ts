import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { type OrderStatus, orderStates } from './order-states.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { LockedOrder } from './orders.types.js';

/**
 * What refunds may do to an order, always in the refund's own transaction and after `lockForRefund`
 * (07 7.6.23: the order is locked before the refund).
 */
@Injectable()
export class OrderRefunds {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly clock: Clock,
  ) {}

  /** Locks the order. @throws DomainError 404 `ORDER_NOT_FOUND` */
  @Transactional(Propagation.Mandatory)
  async lockForRefund(orderId: string): Promise<LockedOrder> {
    const order = await this.orders.findForUpdate(orderId);
    if (!order) throw orderNotFound();
    return order;
  }

  /** completed or partially_refunded → refund_pending; the state before is kept. @throws 409 otherwise */
  @Transactional(Propagation.Mandatory)
  async markRefundPending(orderId: string): Promise<void> {
    const { status } = await this.lockForRefund(orderId);
    orderStates.assert(status, 'refund_pending');
    await this.orders.setRefundState(orderId, {
      status: 'refund_pending',
      statusBeforeRefund: status,
      updatedAt: this.clock.now(),
    });
  }

  /**
   * refund_pending → refunded, or partially_refunded while something of the price is left.
   * @param refundedMinor what has been given back of this order in total, in minor units
   */
  @Transactional(Propagation.Mandatory)
  async markRefunded(orderId: string, refundedMinor: number): Promise<void> {
    const order = await this.lockForRefund(orderId);
    const status: OrderStatus = refundedMinor >= order.totalAmountMinor ? 'refunded' : 'partially_refunded';
    orderStates.assert(order.status, status);
    await this.orders.setRefundState(orderId, {
      status,
      statusBeforeRefund: null,
      refundedAmountMinor: refundedMinor,
      updatedAt: this.clock.now(),
    });
  }

  /** refund_pending → the state before the refund. */
  @Transactional(Propagation.Mandatory)
  async markRefundFailed(orderId: string): Promise<void> {
    const order = await this.lockForRefund(orderId);
    const before = await this.orders.getStatusBeforeRefund(orderId);
    orderStates.assert(order.status, before);
    await this.orders.setRefundState(orderId, {
      status: before,
      statusBeforeRefund: null,
      updatedAt: this.clock.now(),
    });
  }

  /**
   * The provider took a succeeded refund back (07 7.9.17): the order is refundable again.
   * @param refundedMinor what is still given back of this order in total, in minor units
   */
  @Transactional(Propagation.Mandatory)
  async reopenAfterContradiction(orderId: string, refundedMinor: number): Promise<void> {
    const order = await this.lockForRefund(orderId);
    const status: OrderStatus = refundedMinor === 0 ? 'completed' : 'partially_refunded';
    orderStates.assert(order.status, status);
    await this.orders.setRefundState(orderId, {
      status,
      statusBeforeRefund: null,
      refundedAmountMinor: refundedMinor,
      updatedAt: this.clock.now(),
    });
  }
}
