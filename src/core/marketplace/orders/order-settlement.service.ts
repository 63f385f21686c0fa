import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { type EventOutcome, type ProviderEvent } from '../payments/index.js';
import { ProductOffers } from '../products/index.js';
import { OrderCompletion } from './order-completion.service.js';
import { OrderEnding } from './order-ending.service.js';
import { type PaymentDecision, type Unfulfillable, decideOnPayment } from './payment-decision.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';
import { UnfulfillablePayments } from './unfulfillable-payments.service.js';

/** The only writer of what a payment makes of an order (07 7.9.3). */
@Injectable()
export class OrderSettlement {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly completion: OrderCompletion,
    private readonly ending: OrderEnding,
    private readonly offers: ProductOffers,
    private readonly unfulfillable: UnfulfillablePayments,
    private readonly clock: Clock,
  ) {}

  /**
   * Applies what the provider says of a payment, in one transaction under the order's lock. Told the same
   * again it changes nothing.
   * @throws DomainError 409 `ALREADY_OWNED` when the buyer got one of the products by another order, 409
   *   `EXCLUSIVE_SOLD` when somebody else bought one of the tracks exclusively, and what else `OrderCompletion.complete`
   *   says; the caller says so to `refuse`
   */
  @Transactional()
  async apply(orderId: string, event: ProviderEvent): Promise<EventOutcome> {
    const order = await this.getLocked(orderId);
    const decision = await this.decide(order, event);
    switch (decision.kind) {
      case 'ignore':
        return 'ignored';
      case 'exception':
        await this.note(order, event);
        await this.unfulfillable.raise(order, event, decision);
        return 'contradiction';
      case 'unfulfillable':
        await this.note(order, event);
        return this.unfulfillable.keepForBuyer(order, event, decision);
      case 'complete':
        await this.note(order, event);
        await this.completion.complete(order);
        return 'applied';
      case 'end':
        await this.note(order, event);
        await this.ending.end(order.id, decision.status, `PAYMENT_${decision.status.toUpperCase()}`);
        return 'applied';
      case 'note':
        await this.note(order, event);
        return 'applied';
    }
  }

  /**
   * A paid order could not be completed: the money is the buyer's and goes back by itself. Looked at once more,
   * because another delivery may have come between.
   */
  @Transactional()
  async refuse(orderId: string, event: ProviderEvent, reason: Unfulfillable): Promise<EventOutcome> {
    const order = await this.getLocked(orderId);
    const isStillOpen = order.completedAt === null && order.unfulfilledAmountMinor === null;
    if (!isStillOpen) return 'ignored';
    await this.note(order, event);
    return this.unfulfillable.keepForBuyer(order, event, reason);
  }

  private async decide(order: Order, event: ProviderEvent): Promise<PaymentDecision> {
    const decision = decideOnPayment(order, event);
    if (decision.kind !== 'complete' || !decision.isLate) return decision;
    const areForSale = await this.offers.areForSale(order.items.map((item) => item.productId));
    if (areForSale) return decision;
    return {
      kind: 'unfulfillable',
      exception: 'payment_late_not_for_sale',
      message: `The order had ${order.status} and its products are no longer for sale`,
      givesBack: true,
    };
  }

  private async note(order: Order, { status, updatedAt }: ProviderEvent): Promise<void> {
    await this.orders.notePayment(order.id, status ?? 'unknown', updatedAt ?? null, this.clock.now());
  }

  private async getLocked(orderId: string): Promise<Order> {
    const order = await this.orders.findForUpdate(orderId);
    if (order === null) throw orderNotFound();
    return order;
  }
}
