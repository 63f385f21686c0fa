import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { capturedOf, leftOfOrder, OrderRefunds } from '../orders/index.js';
import { newRefund } from './new-refund.js';
import { refundRequested } from './refunds.events.js';
import { RefundsRepository } from './refunds.repository.js';

/** Money that bought nothing goes back without anybody asking (07 7.9.11, 7.9.12). */
@Injectable()
export class AutomaticRefunds {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly outbox: OutboxWriter,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Opens the one automatic refund of an order over all that was paid; told again it does nothing. */
  @Transactional()
  async open(orderId: string): Promise<void> {
    const order = await this.orders.lockForRefund(orderId);
    const earlier = await this.refunds.findOfOrder(orderId);
    const amount = leftOfOrder(order);
    const isTaken = earlier.some((refund) => refund.origin === 'automatic' || refund.status === 'pending');
    if (isTaken || amount <= 0 || order.unfulfilledAmountMinor === null || order.pspPaymentId === null)
      return;
    const refund = newRefund(
      {
        orderId,
        origin: 'automatic',
        pspPaymentId: order.pspPaymentId,
        amount,
        currency: capturedOf(order).currency,
        initiatorId: null,
        itemIds: null,
        reason: null,
      },
      this.clock.now(),
      this.config.get('REFUND_SWEEP_STEPS'),
    );
    await this.refunds.insert(refund);
    await this.outbox.append(refundRequested, { aggregateId: refund.id, payload: { refundId: refund.id } });
  }
}
