import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OrderEnding } from './order-ending.service.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';

/** Writes what the provider answered when a payment was opened. */
@Injectable()
export class CheckoutNotes {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly ending: OrderEnding,
    private readonly clock: Clock,
  ) {}

  /** Notes the provider's word about a payment that was just opened, unless a webhook was faster. */
  @Transactional()
  async notePayment(orderId: string, status: string): Promise<Order> {
    const order = await this.getLocked(orderId);
    if (order.status !== 'pending' || order.paymentUpdatedAt !== null) return order;
    await this.orders.notePayment(orderId, status, null, this.clock.now());
    return { ...order, paymentStatus: status };
  }

  /** Ends an order whose payment the provider refused to open. */
  @Transactional()
  async failRefused(orderId: string, code: string): Promise<void> {
    const order = await this.getLocked(orderId);
    if (order.status !== 'pending') return;
    await this.ending.end(orderId, 'failed', code);
  }

  private async getLocked(orderId: string): Promise<Order> {
    const order = await this.orders.findForUpdate(orderId);
    if (order === null) throw orderNotFound();
    return order;
  }
}
