import {
  OutboxHandler,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { orderUnfulfillable, type OrderUnfulfillable } from '../../orders/index.js';
import { AutomaticRefunds } from '../automatic-refunds.service.js';

/** Gives the money of an order back that was paid and cannot be fulfilled. */
@OutboxHandler(orderUnfulfillable, 'refunds.open-automatic', { lane: 'money', maxAttempts: 'unlimited' })
export class OpenAutomaticRefundHandler implements EventHandler<OrderUnfulfillable> {
  constructor(private readonly automatic: AutomaticRefunds) {}

  async handle({ payload }: DeliveredEvent<OrderUnfulfillable>): Promise<void> {
    await this.automatic.open(payload.orderId);
  }
}
