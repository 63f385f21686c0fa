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
      if (!(error instanceof DomainError) || error.code !== 'ALREADY_OWNED') throw error;
      return this.settlement.refuse(orderId, confirmed, {
        exception: 'payment_already_owned',
        message: 'The buyer owns one of the products by another order',
      });
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
