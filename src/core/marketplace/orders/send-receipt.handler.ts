import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import {
  type DeliveredEvent,
  type EventHandler,
  OutboxHandler,
} from '../../../infrastructure/events/index.js';
import { MailOutbox } from '../../../infrastructure/mail/index.js';
import { UsersService } from '../../users/index.js';
import { type OrderCompleted, orderCompleted } from './orders.events.js';
import { OrdersRepository } from './orders.repository.js';

/** Sends the buyer a receipt, once per order. */
@OutboxHandler(orderCompleted, 'orders.send-receipt')
export class SendReceiptHandler implements EventHandler<OrderCompleted> {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly users: UsersService,
    private readonly mail: MailOutbox,
    private readonly clock: Clock,
  ) {}

  async handle({ payload }: DeliveredEvent<OrderCompleted>): Promise<void> {
    await this.queueReceipt(payload);
  }

  @Transactional()
  protected async queueReceipt({ orderId, buyerId }: OrderCompleted): Promise<void> {
    const order = await this.orders.findById(orderId);
    const contact = (await this.users.findContactsByIds([buyerId])).get(buyerId);
    if (order === null || contact === undefined) return;
    if (!(await this.orders.markReceiptQueued(orderId, this.clock.now()))) return;
    await this.mail.send({
      to: contact.email,
      template: 'receipt',
      locale: contact.language,
      data: {
        name: contact.name,
        order_id: orderId,
        items: order.items.map((item) => ({ title: item.title, amount_minor: item.unitPriceMinor })),
        total_minor: order.totalAmountMinor,
        currency: order.currency,
      },
    });
  }
}
