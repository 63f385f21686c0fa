import { Injectable } from '@nestjs/common';
import { Database } from '../../../infrastructure/database/index.js';

/** The mark of a dispute on an order. */
@Injectable()
export class OrderDisputesRepository {
  constructor(private readonly db: Database) {}

  async setDisputed(orderId: string, since: Date | null): Promise<void> {
    await this.db.query('UPDATE orders SET disputed_at = $2 WHERE id = $1', [orderId, since]);
  }
}
