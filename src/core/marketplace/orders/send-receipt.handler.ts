import {
  type DeliveredEvent,
  type EventHandler,
  OutboxHandler,
} from '../../../infrastructure/events/index.js';
import { type OrderCompleted, orderCompleted } from './orders.events.js';
import { ReceiptsService } from './receipts.service.js';

/** Sends the buyer a receipt, once per order. */
@OutboxHandler(orderCompleted, 'orders.send-receipt')
export class SendReceiptHandler implements EventHandler<OrderCompleted> {
  constructor(private readonly receipts: ReceiptsService) {}

  async handle({ payload }: DeliveredEvent<OrderCompleted>): Promise<void> {
    await this.receipts.sendFirst(payload.orderId);
  }
}
