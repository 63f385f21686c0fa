import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '../../../common/errors/index.js';
import {
  type EventOutcome,
  PaymentProvider,
  type ProviderEvent,
  WebhookHandlers,
} from '../payments/index.js';
import { OrderSettlement } from './order-settlement.service.js';
import { OrdersRepository } from './orders.repository.js';
import type { Unfulfillable } from './payment-decision.js';

/** What stops a completion for good: the buyer gets the money back (07 7.9.11, 7.9.12). */
const REFUSALS: Readonly<Record<string, Unfulfillable>> = {
  ALREADY_OWNED: {
    exception: 'payment_already_owned',
    message: 'The buyer owns one of the products by another order',
    givesBack: true,
  },
  EXCLUSIVE_SOLD: {
    exception: 'payment_exclusive_sold',
    message: 'Somebody else bought one of the tracks exclusively',
    givesBack: true,
  },
  PRODUCT_UNAVAILABLE: {
    exception: 'payment_not_deliverable',
    message: 'A track of the order was deleted before it was paid',
    givesBack: true,
  },
  DISCOUNT_EXHAUSTED: {
    exception: 'payment_discount_exhausted',
    message: 'The order had ended, and others have used its discount code up since',
    givesBack: true,
  },
};

/** Takes the payment events of the inbox to the order that they pay. */
@Injectable()
export class PaymentEventsListener implements OnModuleInit {
  constructor(
    private readonly handlers: WebhookHandlers,
    private readonly settlement: OrderSettlement,
    private readonly orders: OrdersRepository,
    private readonly provider: PaymentProvider,
  ) {}

  onModuleInit(): void {
    this.handlers.register('payment', (event) => this.handle(event));
  }

  private async handle(event: ProviderEvent): Promise<EventOutcome> {
    const orderId = await this.orders.findIdByPspPaymentId(event.objectId);
    if (orderId === null) return 'unmatched';
    const confirmed = await this.withAmount(event);
    if (confirmed === null) return 'unmatched';
    try {
      return await this.settlement.apply(orderId, confirmed);
    } catch (error) {
      const reason = error instanceof DomainError ? REFUSALS[error.code] : undefined;
      if (reason === undefined) throw error;
      return this.settlement.refuse(orderId, confirmed, reason);
    }
  }

  /**
   * S1's flat deliveries say that a payment succeeded but not how much was paid: then the provider is asked,
   * because an amount that nobody checked must not buy anything (08 3.3). Null when it knows no such payment.
   */
  private async withAmount(event: ProviderEvent): Promise<ProviderEvent | null> {
    const isComplete = event.amountMinor !== undefined && event.currency !== undefined;
    if (event.status !== 'succeeded' || isComplete) return event;
    const payment = await this.provider.findPayment(event.objectId);
    if (payment === null) return null;
    const { status, amountMinor, currency, updatedAt } = payment;
    return { ...event, status, amountMinor, currency, updatedAt };
  }
}
