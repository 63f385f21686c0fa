import {
  OutboxHandler,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { orderCompleted, type OrderCompleted } from '../../orders/index.js';
import { PayoutsService } from '../payouts.service.js';

/** A completed order opens the transfers of its sellers (07 7.9.9). */
@OutboxHandler(orderCompleted, 'payouts.open-transfers', { lane: 'money', maxAttempts: 'unlimited' })
export class OpenTransfersHandler implements EventHandler<OrderCompleted> {
  constructor(private readonly payouts: PayoutsService) {}

  async handle({ payload }: DeliveredEvent<OrderCompleted>): Promise<void> {
    await this.payouts.processSellerTransfers(payload);
  }
}
