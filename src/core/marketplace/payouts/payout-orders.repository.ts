import { Injectable } from '@nestjs/common';
import { Database } from '../../../infrastructure/database/index.js';
import { PayoutOrder } from './payout-order.entity.js';

/** Rows of payout_orders: the lock and the memory of everything that happens to an order's transfers. */
@Injectable()
export class PayoutOrdersRepository {
  constructor(private readonly database: Database) {}

  /** Locks the root row of an order, which is made when it is absent. */
  async lock(orderId: string): Promise<PayoutOrder> {
    const orders = this.database.repository(PayoutOrder);
    await orders.createQueryBuilder().insert().values({ orderId }).orIgnore().execute();
    return orders.findOneOrFail({ where: { orderId }, lock: { mode: 'pessimistic_write' } });
  }

  async setOpened(orderId: string, now: Date): Promise<void> {
    await this.database.repository(PayoutOrder).update({ orderId }, { openedAt: now });
  }

  async setHeld(orderId: string, heldAt: Date | null): Promise<void> {
    await this.database.repository(PayoutOrder).update({ orderId }, { heldAt });
  }

  async setRefunded(orderId: string, refundId: string, now: Date): Promise<void> {
    await this.database
      .repository(PayoutOrder)
      .update({ orderId }, { heldAt: null, refundedAt: now, refundId });
  }
}
