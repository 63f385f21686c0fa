import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import {
  type EventOutcome,
  type PaymentExceptionKind,
  PaymentExceptions,
  type ProviderEvent,
} from '../payments/index.js';
import { ProductOffers } from '../products/index.js';
import { OrderCompletion } from './order-completion.service.js';
import { OrderEnding } from './order-ending.service.js';
import { type PaymentDecision, decideOnPayment } from './payment-decision.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';

/** Why money that arrived bought nothing. */
export interface Unfulfillable {
  exception: PaymentExceptionKind;
  message: string;
}

/** The only writer of what a payment makes of an order (07 7.9.3). */
@Injectable()
export class OrderSettlement {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly completion: OrderCompletion,
    private readonly ending: OrderEnding,
    private readonly offers: ProductOffers,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Applies what the provider says of a payment, in one transaction under the order's lock. Told the same
   * again it changes nothing.
   * @throws DomainError 409 `ALREADY_OWNED` when the buyer got one of the products by another order
   */
  @Transactional()
  async apply(orderId: string, event: ProviderEvent): Promise<EventOutcome> {
    const order = await this.getLocked(orderId);
    const decision = await this.decide(order, event);
    switch (decision.kind) {
      case 'ignore':
        return 'ignored';
      case 'exception':
        await this.raise(order, event, decision);
        return 'contradiction';
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

  /** Puts a paid order that cannot be fulfilled on the exceptions list: money came, nothing is granted. */
  @Transactional()
  async refuse(orderId: string, event: ProviderEvent, reason: Unfulfillable): Promise<EventOutcome> {
    await this.raise(await this.getLocked(orderId), event, reason);
    return 'contradiction';
  }

  private async decide(order: Order, event: ProviderEvent): Promise<PaymentDecision> {
    const decision = decideOnPayment(order, event);
    if (decision.kind !== 'complete' || !decision.isLate) return decision;
    const areForSale = await this.offers.areForSale(order.items.map((item) => item.productId));
    if (areForSale) return decision;
    return {
      kind: 'exception',
      exception: 'payment_late_not_for_sale',
      message: `The order had ${order.status} and its products are no longer for sale`,
    };
  }

  private async raise(
    order: Order,
    event: ProviderEvent,
    { exception, message }: Unfulfillable,
  ): Promise<void> {
    await this.note(order, event);
    await this.exceptions.raise({
      kind: exception,
      provider: event.provider,
      orderId: order.id,
      message,
      details: {
        webhook_event_id: event.webhookEventId,
        payment_id: event.objectId,
        payment_status: event.status,
        amount: event.amountMinor,
        currency: event.currency,
        order_status: order.status,
      },
    });
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
