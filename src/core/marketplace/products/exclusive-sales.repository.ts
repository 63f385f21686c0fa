import { Injectable } from '@nestjs/common';
import { Database, mapUniqueViolation } from '../../../infrastructure/database/index.js';
import { exclusiveSold } from './products.errors.js';

/** Keeps the locks of tracks apart from other advisory locks; any fixed number will do. */
const LOCK_NAMESPACE = 7912;

/** Takes one lock per track in one order for everybody, so that two packs with common tracks do not block each other. */
const lockStatement = (lock: 'pg_advisory_xact_lock' | 'pg_advisory_xact_lock_shared'): string =>
  `SELECT ${lock}(key)
     FROM (SELECT DISTINCT hashtextextended(track_id::text, $2) AS key FROM unnest($1::uuid[]) AS track_id ORDER BY key) AS keys`;

/** Rows of `exclusive_sales`, the locks of tracks, and what a sale does to other products. */
@Injectable()
export class ExclusiveSalesRepository {
  constructor(private readonly db: Database) {}

  /** Until the caller's transaction ends nobody else may sell or offer the tracks. */
  async lockTracks(trackIds: readonly string[]): Promise<void> {
    await this.db.query(lockStatement('pg_advisory_xact_lock'), [trackIds, LOCK_NAMESPACE]);
  }

  /** Until the caller's transaction ends nobody may sell the tracks exclusively. */
  async shareTracks(trackIds: readonly string[]): Promise<void> {
    await this.db.query(lockStatement('pg_advisory_xact_lock_shared'), [trackIds, LOCK_NAMESPACE]);
  }

  /** @throws DomainError 409 `EXCLUSIVE_SOLD` when one of the tracks is sold already, decided by the index */
  async insert(
    orderId: string,
    items: readonly { orderItemId: string; trackIds: readonly string[] }[],
    soldAt: Date,
  ): Promise<void> {
    const rows = items.flatMap(({ orderItemId, trackIds }) =>
      trackIds.map((trackId) => ({ orderItemId, trackId })),
    );
    try {
      await this.db.query(
        `INSERT INTO exclusive_sales (order_item_id, track_id, order_id, sold_at)
         SELECT sold.order_item_id, sold.track_id, $3, $4
           FROM unnest($1::uuid[], $2::uuid[]) AS sold (order_item_id, track_id)
          ORDER BY sold.track_id`,
        [rows.map((row) => row.orderItemId), rows.map((row) => row.trackId), orderId, soldAt],
      );
    } catch (error) {
      mapUniqueViolation(error, { exclusive_sales_one_per_track_uq: exclusiveSold });
    }
  }

  /** Those of the tracks that are sold exclusively now. */
  async findSoldTracks(trackIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ track_id: string }>(
      'SELECT track_id FROM exclusive_sales WHERE track_id = ANY ($1::uuid[]) AND released_at IS NULL ORDER BY track_id',
      [trackIds],
    );
    return rows.map((row) => row.track_id);
  }

  /** The tracks of released sales. */
  async findReleasedTracks(orderItemIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ track_id: string }>(
      'SELECT track_id FROM exclusive_sales WHERE order_item_id = ANY ($1::uuid[]) AND released_at IS NOT NULL',
      [orderItemIds],
    );
    return rows.map((row) => row.track_id);
  }

  async release(orderItemIds: readonly string[], releasedAt: Date): Promise<void> {
    await this.db.query(
      'UPDATE exclusive_sales SET released_at = $2 WHERE order_item_id = ANY ($1::uuid[]) AND released_at IS NULL',
      [orderItemIds, releasedAt],
    );
  }

  /** Takes releases back where nobody else bought the track meanwhile; the caller holds its lock. */
  async restore(orderItemIds: readonly string[]): Promise<void> {
    await this.db.query(
      `UPDATE exclusive_sales SET released_at = NULL
        WHERE order_item_id = ANY ($1::uuid[]) AND released_at IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM exclusive_sales other
           WHERE other.track_id = exclusive_sales.track_id AND other.released_at IS NULL)`,
      [orderItemIds],
    );
  }

  /**
   * Takes every product with one of the tracks off sale for good, locked by ascending id, and by no more than an
   * update needs: orders that are being written hold their products by foreign keys and wait for the tracks.
   */
  async archiveProductsOf(trackIds: readonly string[], updatedAt: Date): Promise<void> {
    await this.db.query(
      `UPDATE products SET status = 'archived', updated_at = $2
        WHERE id IN (SELECT p.id FROM products p
                      WHERE p.status <> 'archived' AND EXISTS (
                        SELECT 1 FROM product_tracks t WHERE t.product_id = p.id AND t.track_id = ANY ($1::uuid[]))
                      ORDER BY p.id FOR NO KEY UPDATE)`,
      [trackIds, updatedAt],
    );
  }
}
