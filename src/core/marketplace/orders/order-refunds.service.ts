import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { type OrderStatus, orderStates } from './order-states.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { LockedOrder } from './orders.types.js';
import { type GivenOfItem, leftOfItems } from './refund-allocation.js';

/** What refunds have made of an order so far. */
export interface RefundProgress {
  /** Given back by refunds in total, in minor units. */
  refundedMinor: number;
  /** A refund of the order is not settled yet. */
  isOpen: boolean;
}

/**
 * What refunds and disputes may do to an order, always in their own transaction and after `lockForRefund`
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

  /**
   * Adds parts of an allocation to what was given back of the items.
   * @throws when more than the price of an item would be given back (order_items_given_ck)
   */
  @Transactional(Propagation.Mandatory)
  async give(parts: readonly GivenOfItem[]): Promise<void> {
    await this.orders.addGiven(parts);
  }

  /** The opposite of `give`: the money is with us again. */
  @Transactional(Propagation.Mandatory)
  async takeBack(parts: readonly GivenOfItem[]): Promise<void> {
    await this.orders.addGiven(
      parts.map(({ orderItemId, feeMinor, netMinor }) => ({
        orderItemId,
        feeMinor: -feeMinor,
        netMinor: -netMinor,
      })),
    );
  }

  /**
   * Writes what refunds have made of the order: `refunded` when nothing is left of it, else `refund_pending`
   * while one is open, else `partially_refunded` or `completed` (08 3.1: derived, not decided twice). An order
   * that was never fulfilled keeps its state.
   */
  @Transactional(Propagation.Mandatory)
  async noteProgress(orderId: string, { refundedMinor, isOpen }: RefundProgress): Promise<void> {
    const order = await this.lockForRefund(orderId);
    const { status, statusBeforeRefund } = statesOf(order, { refundedMinor, isOpen });
    if (status !== order.status) orderStates.assert(order.status, status);
    await this.orders.setRefundState(orderId, {
      status,
      statusBeforeRefund,
      refundedAmountMinor: refundedMinor,
      updatedAt: this.clock.now(),
    });
  }
}

function statesOf(
  order: LockedOrder,
  { refundedMinor, isOpen }: RefundProgress,
): { status: OrderStatus; statusBeforeRefund: OrderStatus | null } {
  if (order.completedAt === null) return { status: order.status, statusBeforeRefund: null };
  if (refundedMinor > 0 && leftOfOrder(order, refundedMinor) === 0) {
    return { status: 'refunded', statusBeforeRefund: null };
  }
  const settled = refundedMinor > 0 ? 'partially_refunded' : 'completed';
  return isOpen
    ? { status: 'refund_pending', statusBeforeRefund: settled }
    : { status: settled, statusBeforeRefund: null };
}

/** What was captured for an order: its price, or what was paid for nothing, in the payment's currency. */
export const capturedOf = (order: LockedOrder): { amountMinor: number; currency: string } => ({
  amountMinor: order.unfulfilledAmountMinor ?? order.totalAmountMinor,
  currency: order.unfulfilledCurrency ?? order.currency,
});

/**
 * What can still be given back of an order, in minor units: of a sale what refunds and lost disputes have left
 * of its items, of money that bought nothing what refunds have left of it.
 */
export function leftOfOrder(order: LockedOrder, refundedMinor = order.refundedAmountMinor): number {
  if (order.completedAt === null) return capturedOf(order).amountMinor - refundedMinor;
  return leftOfItems(order.items, givenOf(order));
}

/** What was given back of the items of an order, as `allocateOverItems` takes it. */
export const givenOf = ({ items }: Pick<LockedOrder, 'items'>): GivenOfItem[] =>
  items.map(({ id, givenFeeMinor, givenNetMinor }) => ({
    orderItemId: id,
    feeMinor: givenFeeMinor,
    netMinor: givenNetMinor,
  }));
