import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OrderDisputesRepository } from './order-disputes.repository.js';
import { OrdersRepository } from './orders.repository.js';

/** What disputes need of an order besides what refunds need (`OrderRefunds`). */
@Injectable()
export class OrderDisputes {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly disputes: OrderDisputesRepository,
  ) {}

  /** The order that a payment of the provider pays; null when it is none of ours. */
  async findOrderId(paymentId: string): Promise<string | null> {
    return this.orders.findIdByPspPaymentId(paymentId);
  }

  /** Notes since when a dispute of the locked order is open; null when none is. */
  @Transactional(Propagation.Mandatory)
  async setDisputed(orderId: string, since: Date | null): Promise<void> {
    await this.disputes.setDisputed(orderId, since);
  }
}
