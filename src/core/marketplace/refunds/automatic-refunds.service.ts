import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import { leftOfOrder, OrderRefunds } from '../orders/index.js';
import { RefundWriter } from './refund-writer.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** Money that bought nothing goes back without anybody asking (07 7.9.11, 7.9.12). */
@Injectable()
export class AutomaticRefunds {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly writer: RefundWriter,
  ) {}

  /** Opens the one automatic refund of an order over all that was paid; told again it does nothing. */
  @Transactional()
  async open(orderId: string): Promise<void> {
    const order = await this.orders.lockForRefund(orderId);
    const earlier = await this.refunds.findOfOrder(orderId);
    const amount = leftOfOrder(order);
    const isTaken = earlier.some((refund) => refund.origin === 'automatic' || refund.status === 'pending');
    if (isTaken || amount <= 0 || order.unfulfilledAmountMinor === null) return;
    await this.writer.open(order, {
      origin: 'automatic',
      amount,
      initiatorId: null,
      itemIds: null,
      reason: null,
    });
  }
}
