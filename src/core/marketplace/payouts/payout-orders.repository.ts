import { Injectable } from '@nestjs/common';
import { Database } from '../../../infrastructure/database/index.js';
import { PayoutOrder } from './payout-order.entity.js';

/** Rows of payout_orders: the lock and the memory of everything that happens to an order's transfers. */
@Injectable()
export class PayoutOrdersRepository {
  constructor(private readonly database: Database) {}

  /**
   * Locks the root row of an order, which is made when it is absent. Its foreign key asks for the order's row
   * while the new row keeps others waiting, so the order's row is taken first, as everybody else does.
   */
  async lock(orderId: string): Promise<PayoutOrder> {
    const found = await this.findForUpdate(orderId);
    if (found) return found;
    await this.database.query('SELECT 1 FROM orders WHERE id = $1 FOR KEY SHARE', [orderId]);
    const orders = this.database.repository(PayoutOrder);
    await orders.createQueryBuilder().insert().values({ orderId }).orIgnore().execute();
    return orders.findOneOrFail({ where: { orderId }, lock: { mode: 'pessimistic_write' } });
  }

  async update(orderId: string, patch: Partial<Omit<PayoutOrder, 'orderId'>>): Promise<void> {
    await this.database.repository(PayoutOrder).update({ orderId }, patch);
  }

  private async findForUpdate(orderId: string): Promise<PayoutOrder | null> {
    return this.database
      .repository(PayoutOrder)
      .findOne({ where: { orderId }, lock: { mode: 'pessimistic_write' } });
  }
}
