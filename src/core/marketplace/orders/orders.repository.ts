import { Injectable } from '@nestjs/common';
import { Database, findPostgresError, toSafeInteger } from '../../../infrastructure/database/index.js';
import { OrderItemEntity } from './order-item.entity.js';
import { type OrderRow, SELECT_ORDER } from './order-row.js';
import type { OrderStatus } from './order-states.js';
import { OrderEntity } from './order.entity.js';
import { OrderKeyTaken } from './orders.errors.js';
import type { Order } from './orders.types.js';
import type { GivenOfItem } from './refund-allocation.js';

/** What a refund changes about an order. */
export interface RefundStateChange {
  status: OrderStatus;
  statusBeforeRefund: OrderStatus | null;
  refundedAmountMinor: number;
  updatedAt: Date;
}

/** Rows of orders: writing, locking, finding one. */
@Injectable()
export class OrdersRepository {
  constructor(private readonly db: Database) {}

  /** @throws OrderKeyTaken when the buyer has another order under the same idempotency key */
  async insert(order: Order, idempotencyKey: string | undefined): Promise<void> {
    const { items, ...row } = order;
    try {
      await this.db
        .repository(OrderEntity)
        .insert({ ...row, idempotencyKey: idempotencyKey ?? null, updatedAt: order.createdAt });
    } catch (error) {
      if (findPostgresError(error)?.constraint === 'orders_idempotency_key_uq') throw new OrderKeyTaken();
      throw error;
    }
    await this.db
      .repository(OrderItemEntity)
      .insert(items.map((item, position) => ({ ...item, orderId: order.id, position })));
  }

  async findById(id: string): Promise<Order | null> {
    return this.findOne('WHERE o.id = $1', [id]);
  }

  /**
   * The order, its row locked until the caller's transaction ends. Read after the lock: one statement would show
   * the items as they were before it waited.
   */
  async findForUpdate(id: string): Promise<Order | null> {
    await this.db.query('SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [id]);
    return this.findById(id);
  }

  async findByIdempotencyKey(buyerId: string, key: string): Promise<Order | null> {
    return this.findOne('WHERE o.buyer_id = $1 AND o.idempotency_key = $2', [buyerId, key]);
  }

  /** Frees a key that was used before the moment: keys are kept a day (07 7.9.15). */
  async releaseKey(buyerId: string, key: string, before: Date): Promise<void> {
    await this.db.query(
      'UPDATE orders SET idempotency_key = NULL WHERE buyer_id = $1 AND idempotency_key = $2 AND created_at < $3',
      [buyerId, key, before],
    );
  }

  async findIdByPspPaymentId(paymentId: string): Promise<string | null> {
    const [row] = await this.db.query<{ id: string }>('SELECT id FROM orders WHERE psp_payment_id = $1', [
      paymentId,
    ]);
    return row?.id ?? null;
  }

  /** Notes what the provider says of the payment. */
  async notePayment(
    id: string,
    status: string,
    paymentUpdatedAt: Date | null,
    updatedAt: Date,
  ): Promise<void> {
    await this.db.query(
      `UPDATE orders SET payment_status = $2, payment_updated_at = coalesce($3, payment_updated_at), updated_at = $4
        WHERE id = $1`,
      [id, status, paymentUpdatedAt, updatedAt],
    );
  }

  async complete(id: string, completedAt: Date, refundDeadline: Date): Promise<void> {
    await this.db
      .repository(OrderEntity)
      .update(
        { id },
        { status: 'completed', completedAt, refundDeadline, failureCode: null, updatedAt: completedAt },
      );
  }

  /** Ends an order without a sale. */
  async end(id: string, status: OrderStatus, failureCode: string | null, updatedAt: Date): Promise<void> {
    await this.db.repository(OrderEntity).update({ id }, { status, failureCode, updatedAt });
  }

  async setRefundState(id: string, change: RefundStateChange): Promise<void> {
    await this.db.repository(OrderEntity).update({ id }, change);
  }

  /** @returns false when a receipt was queued before: events may be delivered twice */
  async markReceiptQueued(id: string, at: Date): Promise<boolean> {
    const rows = await this.db.query(
      'UPDATE orders SET receipt_queued_at = $2 WHERE id = $1 AND receipt_queued_at IS NULL RETURNING id',
      [id, at],
    );
    return rows.length === 1;
  }

  /** Notes that the payment of an order bought nothing; amount in minor units. */
  async setUnfulfilled(
    id: string,
    { amountMinor, currency }: { amountMinor: number; currency: string },
    updatedAt: Date,
  ): Promise<void> {
    await this.db
      .repository(OrderEntity)
      .update({ id }, { unfulfilledAmountMinor: amountMinor, unfulfilledCurrency: currency, updatedAt });
  }

  /** Adds to what was given back of the items; negative parts take it back. The order's row must be locked. */
  async addGiven(parts: readonly GivenOfItem[]): Promise<void> {
    await this.db.query(
      `UPDATE order_items i SET given_fee = given_fee + part.fee, given_net = given_net + part.net
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS part (item_id, fee, net) WHERE i.id = part.item_id`,
      [
        parts.map((part) => part.orderItemId),
        parts.map((part) => part.feeMinor),
        parts.map((part) => part.netMinor),
      ],
    );
  }

  private async findOne(condition: string, parameters: unknown[]): Promise<Order | null> {
    const [row] = await this.db.query<OrderRow>(`${SELECT_ORDER} ${condition}`, parameters);
    return row === undefined ? null : orderOf(row);
  }
}

/** A row with its amounts as safe integers. */
export const orderOf = (row: OrderRow): Order => ({
  ...row,
  totalAmountMinor: toSafeInteger(row.totalAmountMinor),
  refundedAmountMinor: toSafeInteger(row.refundedAmountMinor),
  unfulfilledAmountMinor:
    row.unfulfilledAmountMinor === null ? null : toSafeInteger(row.unfulfilledAmountMinor),
});
