import { Injectable } from '@nestjs/common';
import { Database } from '../../../infrastructure/database/index.js';
import type { OrderStatus } from './order-states.js';

/** An order whose payment is to be asked for. */
export interface DueCheck {
  orderId: string;
  paymentId: string;
  status: Extract<OrderStatus, 'pending' | 'failed' | 'expired'>;
  createdAt: Date;
  /** How many checks there were before this one. */
  checks: number;
}

/** When orders are asked for, by their age in milliseconds, ascending. */
export interface CheckSchedule {
  stepsMs: readonly number[];
  /** Between the checks of an order that is still pending after the last step. */
  repeatMs: number;
}

const DUE = `
  SELECT id AS "orderId", psp_payment_id AS "paymentId", status, created_at AS "createdAt", payment_checks AS checks
    FROM orders WHERE psp_payment_id IS NOT NULL`;

/** When the payments of orders were asked for. */
@Injectable()
export class PaymentChecksRepository {
  constructor(private readonly db: Database) {}

  /**
   * Orders that are due, oldest first. An order that ended without a sale is asked for until the last step, because
   * it may be paid late; a pending one until it ends.
   */
  async findDue(now: Date, { stepsMs, repeatMs }: CheckSchedule, limit: number): Promise<DueCheck[]> {
    return this.db.query<DueCheck>(
      `SELECT * FROM (
         ${DUE} AND status IN ('pending', 'failed', 'expired') AND payment_checks < cardinality($2::bigint[])
            AND created_at <= $1::timestamptz - ($2::bigint[])[payment_checks + 1] * interval '1 millisecond'
         UNION ALL
         ${DUE} AND status = 'pending' AND payment_checks >= cardinality($2::bigint[])
            AND created_at <= $1::timestamptz - interval '1 millisecond'
              * (($2::bigint[])[cardinality($2::bigint[])] + (payment_checks - cardinality($2::bigint[]) + 1) * $3::bigint)
       ) due ORDER BY "createdAt", "orderId" LIMIT $4`,
      [now, stepsMs, repeatMs, limit],
    );
  }

  /** Which of these orders are not pending any more. */
  async findEnded(orderIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT id FROM orders WHERE id = ANY ($1::uuid[]) AND status <> 'pending'`,
      [orderIds],
    );
    return rows.map(({ id }) => id);
  }

  /** Counts a check; a second one of the same turn counts nothing. */
  async count({ orderId, checks }: DueCheck): Promise<void> {
    await this.db.query(
      'UPDATE orders SET payment_checks = payment_checks + 1 WHERE id = $1 AND payment_checks = $2',
      [orderId, checks],
    );
  }
}
