import { Injectable } from '@nestjs/common';
import { Database } from '../../../infrastructure/database/index.js';

/** Which order uses which code; a released use counts no longer. */
export interface DiscountUse {
  discountCodeId: string;
  buyerId: string;
  isReleased: boolean;
}

/** Rows of `discount_uses` and the counter of each code; the caller holds the code locked when it takes one. */
@Injectable()
export class DiscountUsesRepository {
  constructor(private readonly db: Database) {}

  async insert(orderId: string, discountCodeId: string, buyerId: string, usedAt: Date): Promise<void> {
    await this.db.query(
      'INSERT INTO discount_uses (order_id, discount_code_id, buyer_id, used_at) VALUES ($1, $2, $3, $4)',
      [orderId, discountCodeId, buyerId, usedAt],
    );
    await this.count(discountCodeId, 1);
  }

  async findOfOrder(orderId: string): Promise<DiscountUse | null> {
    const [use] = await this.db.query<DiscountUse>(
      `SELECT discount_code_id AS "discountCodeId", buyer_id AS "buyerId", released_at IS NOT NULL AS "isReleased"
         FROM discount_uses WHERE order_id = $1`,
      [orderId],
    );
    return use ?? null;
  }

  /** How often the buyer uses the code at present. */
  async countOfBuyer(discountCodeId: string, buyerId: string): Promise<number> {
    const [row] = await this.db.query<{ uses: number }>(
      `SELECT count(*)::integer AS uses FROM discount_uses
        WHERE discount_code_id = $1 AND buyer_id = $2 AND released_at IS NULL`,
      [discountCodeId, buyerId],
    );
    return row?.uses ?? 0;
  }

  /** Gives the order's use back, if it holds one; told twice it changes nothing. */
  async release(orderId: string, releasedAt: Date): Promise<void> {
    const [use] = await this.db.query<{ discount_code_id: string }>(
      `UPDATE discount_uses SET released_at = $2 WHERE order_id = $1 AND released_at IS NULL
       RETURNING discount_code_id`,
      [orderId, releasedAt],
    );
    if (use !== undefined) await this.count(use.discount_code_id, -1);
  }

  /** Takes the order's released use again. */
  async restore(orderId: string, discountCodeId: string): Promise<void> {
    await this.db.query('UPDATE discount_uses SET released_at = NULL WHERE order_id = $1', [orderId]);
    await this.count(discountCodeId, 1);
  }

  private async count(discountCodeId: string, change: 1 | -1): Promise<void> {
    await this.db.query('UPDATE discount_codes SET uses = uses + $2 WHERE id = $1', [discountCodeId, change]);
  }
}
