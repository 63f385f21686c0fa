import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { DiscountUses } from '../discounts/index.js';
import type { OrderStatus } from './order-states.js';
import { OrdersRepository } from './orders.repository.js';

/** The one place where an order ends without a sale. */
@Injectable()
export class OrderEnding {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly discounts: DiscountUses,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends an order that the caller holds locked, in the caller's transaction; its discount is free for others.
   * @param failureCode why, as a stable code
   */
  @Transactional(Propagation.Mandatory)
  async end(
    orderId: string,
    status: Extract<OrderStatus, 'failed' | 'expired' | 'cancelled'>,
    failureCode: string,
  ): Promise<void> {
    await this.orders.end(orderId, status, failureCode, this.clock.now());
    await this.discounts.release(orderId);
  }
}
