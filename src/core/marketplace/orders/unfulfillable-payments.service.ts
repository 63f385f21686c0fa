import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { type EventOutcome, PaymentExceptions, type ProviderEvent } from '../payments/index.js';
import { OrderEnding } from './order-ending.service.js';
import { orderUnfulfillable } from './orders.events.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';
import type { Unfulfillable } from './payment-decision.js';

/** Payments that cannot become a sale, or that contradict one; always for an order that the caller holds locked. */
@Injectable()
export class UnfulfillablePayments {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly ending: OrderEnding,
    private readonly ledger: LedgerService,
    private readonly exceptions: PaymentExceptions,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** Books what was paid for nothing as the buyer's money, with a case for a person (docs/adr/0007). */
  @Transactional(Propagation.Mandatory)
  async keepForBuyer(order: Order, event: ProviderEvent, reason: Unfulfillable): Promise<EventOutcome> {
    await this.raise(order, event, reason);
    const { amountMinor = 0, currency = order.currency } = event;
    if (amountMinor <= 0) return 'contradiction';
    if (order.status === 'pending') await this.ending.end(order.id, 'failed', 'NOT_FULFILLABLE');
    const money = { orderId: order.id, amountMinor, currency };
    await this.orders.setUnfulfilled(order.id, money, this.clock.now());
    await this.ledger.post(postings.paymentUnfulfilled(money));
    if (reason.givesBack) {
      await this.outbox.append(orderUnfulfillable, {
        aggregateId: order.id,
        payload: { ...money, exceptionKind: reason.exception },
      });
    }
    return 'contradiction';
  }

  /** Puts what the provider says of a payment on the exceptions list. */
  @Transactional(Propagation.Mandatory)
  async raise(
    order: Order,
    event: ProviderEvent,
    { exception, message }: Pick<Unfulfillable, 'exception' | 'message'>,
  ): Promise<void> {
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
}
