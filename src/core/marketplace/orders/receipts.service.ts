import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { MailOutbox } from '../../../infrastructure/mail/index.js';
import { UsersService } from '../../users/index.js';
import { LicensesService, verificationUrlOf } from '../licenses/index.js';
import { orderNotCompleted, orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';
import { receiptOf } from './receipt.js';

/** Receipts of completed orders, by mail. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly licenses: LicensesService,
    private readonly users: UsersService,
    private readonly mail: MailOutbox,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Queues the receipt of a completed order, once however often it is asked for. */
  @Transactional()
  async sendFirst(orderId: string): Promise<void> {
    const order = await this.orders.findById(orderId);
    if (order === null || !(await this.orders.markReceiptQueued(orderId, this.clock.now()))) return;
    await this.queue(order);
  }

  /**
   * Queues the receipt once more.
   * @throws DomainError 404 `ORDER_NOT_FOUND` for everybody but the buyer, 409 `ORDER_NOT_COMPLETED`
   */
  @Transactional()
  async sendAgain(orderId: string, buyerId: string): Promise<void> {
    const order = await this.orders.findById(orderId);
    if (order?.buyerId !== buyerId) throw orderNotFound();
    if (order.completedAt === null) throw orderNotCompleted();
    await this.queue(order);
  }

  /** A buyer whose account is closed gets no mail. */
  private async queue(order: Order): Promise<void> {
    const buyer = (await this.users.findContactsByIds([order.buyerId])).get(order.buyerId);
    if (buyer === undefined) return;
    const licenses = await this.licenses.listOfOrder(order.id);
    const numbers = new Map(licenses.map((license) => [license.orderItemId, license.number]));
    await this.mail.send({
      to: buyer.email,
      template: 'receipt',
      locale: buyer.language,
      data: receiptOf(order, buyer.name, numbers, (number) =>
        verificationUrlOf(this.config.publicApiUrl, number),
      ),
    });
  }
}
