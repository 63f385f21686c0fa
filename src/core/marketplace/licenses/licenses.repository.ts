import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database, mapUniqueViolation, toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import { LicenseEntity } from './license.entity.js';
import type { ChangedLicense, License, LicenseQuery } from './license.types.js';
import { alreadyOwned } from './licenses.errors.js';

const SELECT = `
  SELECT l.id, l.number, l.order_id AS "orderId", l.order_item_id AS "orderItemId", l.buyer_id AS "buyerId",
         l.seller_id AS "sellerId", l.product_id AS "productId", l.product_title AS "productTitle",
         l.product_type AS "productType", l.license_type AS "licenseType", l.terms, l.price AS "priceMinor",
         l.currency, l.status, l.download_count AS "downloadCount", l.last_downloaded_at AS "lastDownloadedAt",
         l.created_at AS "createdAt", l.revoked_at AS "revokedAt",
         ARRAY(SELECT t.track_id FROM license_tracks t WHERE t.license_id = l.id ORDER BY t.position) AS "trackIds"
    FROM licenses l`;

/** A licence as the statement above reads it. */
type LicenseRow = Omit<License, 'priceMinor'> & { priceMinor: string };

const licenseOf = (row: LicenseRow): License => ({ ...row, priceMinor: toSafeInteger(row.priceMinor) });

/** Rows of licences and of the tracks that they open. */
@Injectable()
export class LicensesRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @throws DomainError 409 `ALREADY_OWNED` when the buyer holds one of the products, decided by the index */
  async insert(licenses: readonly License[]): Promise<void> {
    try {
      const rows = licenses.map(({ trackIds: _trackIds, ...row }) => ({ ...row, revokeReason: null }));
      await this.db.repository(LicenseEntity).insert(rows);
    } catch (error) {
      mapUniqueViolation(error, { licenses_one_active_uq: alreadyOwned });
    }
    const tracks = licenses.flatMap(({ id, trackIds }) =>
      trackIds.map((trackId, position) => ({ id, trackId, position })),
    );
    await this.db.query(
      `INSERT INTO license_tracks (license_id, track_id, position)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[])`,
      [
        tracks.map((track) => track.id),
        tracks.map((track) => track.trackId),
        tracks.map((track) => track.position),
      ],
    );
  }

  /** Revokes what of an order is not revoked yet. @returns the revoked licences */
  async revokeOfOrder(orderId: string, reason: string, at: Date): Promise<ChangedLicense[]> {
    return this.change(
      `status = 'revoked', revoke_reason = $2, revoked_at = $3`,
      `order_id = $1 AND status <> 'revoked'`,
      [orderId, reason, at],
    );
  }

  /** Revokes what of some order items is not revoked yet. @returns the revoked licences */
  async revokeOfItems(orderItemIds: readonly string[], reason: string, at: Date): Promise<ChangedLicense[]> {
    return this.change(
      `status = 'revoked', revoke_reason = $2, revoked_at = $3`,
      `order_item_id = ANY ($1::uuid[]) AND status <> 'revoked'`,
      [orderItemIds, reason, at],
    );
  }

  /** @returns the licences of the order that were active and are suspended now */
  async suspendOfOrder(orderId: string): Promise<ChangedLicense[]> {
    return this.change(`status = 'suspended'`, `order_id = $1 AND status = 'active'`, [orderId]);
  }

  /** @returns the licences of the order that were suspended and are active again */
  async resumeOfOrder(orderId: string): Promise<ChangedLicense[]> {
    return this.change(`status = 'active'`, `order_id = $1 AND status = 'suspended'`, [orderId]);
  }

  /**
   * Takes a revocation back. What the buyer bought again meanwhile stays revoked: they hold it already.
   * @returns the licences that are active again
   */
  async restoreOfItems(orderItemIds: readonly string[]): Promise<ChangedLicense[]> {
    return this.change(
      `status = 'active', revoke_reason = NULL, revoked_at = NULL`,
      `order_item_id = ANY ($1::uuid[]) AND status = 'revoked' AND NOT EXISTS (
         SELECT 1 FROM licenses other
          WHERE other.buyer_id = licenses.buyer_id AND other.product_id = licenses.product_id
            AND other.status <> 'revoked' AND other.product_type <> 'service')`,
      [orderItemIds],
    );
  }

  /** Changes the licences that fit, locked by ascending id (07 7.6.23); the texts are this class's own. */
  private async change(assignments: string, condition: string, values: unknown[]): Promise<ChangedLicense[]> {
    return this.db.query<ChangedLicense>(
      `UPDATE licenses SET ${assignments}
        WHERE id IN (SELECT id FROM licenses WHERE ${condition} ORDER BY id FOR UPDATE)
       RETURNING id, order_item_id AS "orderItemId", license_type AS "licenseType"`,
      values,
    );
  }

  async findOfBuyer(id: string, buyerId: string): Promise<License | null> {
    const [license] = await this.find('l.id = $1 AND l.buyer_id = $2', [id, buyerId]);
    return license ?? null;
  }

  async findByNumber(number: string): Promise<License | null> {
    const [license] = await this.find('l.number = $1', [number]);
    return license ?? null;
  }

  /** What an order granted. */
  async findOfOrder(orderId: string): Promise<License[]> {
    return this.find('l.order_id = $1', [orderId]);
  }

  /** The buyer's licences of a product; those that are not revoked first, then the newest. */
  async findOfProduct(buyerId: string, productId: string): Promise<License[]> {
    return this.find(
      `l.buyer_id = $1 AND l.product_id = $2
        ORDER BY (l.status = 'active') DESC, (l.status = 'suspended') DESC, l.created_at DESC`,
      [buyerId, productId],
    );
  }

  /** Adds one download; parallel ones add up, because the database counts. */
  async countDownload(id: string, at: Date): Promise<void> {
    await this.db.query(
      `UPDATE licenses SET download_count = download_count + 1,
              last_downloaded_at = greatest(last_downloaded_at, $2) WHERE id = $1`,
      [id, at],
    );
  }

  /** Adds one download to the buyer's newest active licence that contains the track, if there is one. */
  async countDownloadOfTrack(trackId: string, buyerId: string, at: Date): Promise<void> {
    await this.db.query(
      `UPDATE licenses SET download_count = download_count + 1,
              last_downloaded_at = greatest(last_downloaded_at, $3)
        WHERE id = (SELECT l.id FROM licenses l JOIN license_tracks t ON t.license_id = l.id
                     WHERE t.track_id = $1 AND l.buyer_id = $2 AND l.status = 'active'
                     ORDER BY l.created_at DESC, l.id DESC LIMIT 1)`,
      [trackId, buyerId, at],
    );
  }

  /** How often what each order item granted was downloaded; items without a licence are not in the map. */
  async findDownloadCounts(orderItemIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.db.query<{ order_item_id: string; download_count: number }>(
      'SELECT order_item_id, download_count FROM licenses WHERE order_item_id = ANY ($1::uuid[])',
      [orderItemIds],
    );
    return new Map(rows.map((row) => [row.order_item_id, row.download_count]));
  }

  /** Which of the products the buyer holds and could not buy again: services can be bought at any time. */
  async findOwnedProducts(buyerId: string, productIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ product_id: string }>(
      `SELECT product_id FROM licenses
        WHERE buyer_id = $1 AND product_id = ANY ($2::uuid[]) AND status <> 'revoked' AND product_type <> 'service'`,
      [buyerId, productIds],
    );
    return rows.map((row) => row.product_id);
  }

  /** True when the user holds an active licence that contains the track. */
  async hasActiveFor(trackId: string, buyerId: string): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 FROM license_tracks t JOIN licenses l ON l.id = t.license_id
        WHERE t.track_id = $1 AND l.buyer_id = $2 AND l.status = 'active' LIMIT 1`,
      [trackId, buyerId],
    );
    return rows.length === 1;
  }

  /** True while anybody holds a licence that contains the track. */
  async isHeldByAnybody(trackId: string): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 FROM license_tracks t JOIN licenses l ON l.id = t.license_id
        WHERE t.track_id = $1 AND l.status <> 'revoked' LIMIT 1`,
      [trackId],
    );
    return rows.length === 1;
  }

  async list(buyerId: string, query: LicenseQuery): Promise<Paginated<License>> {
    const page = await this.lists.read<LicenseRow>(
      {
        scope: 'licenses',
        select: SELECT,
        conditions: new Conditions().addIf(buyerId, 'l.buyer_id = ?').addIf(query.status, 'l.status = ?'),
        sort: { column: 'l.created_at', type: 'timestamptz', descending: true, idColumn: 'l.id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      query,
    );
    return page.map(licenseOf);
  }

  private async find(condition: string, values: unknown[]): Promise<License[]> {
    return (await this.db.query<LicenseRow>(`${SELECT} WHERE ${condition}`, values)).map(licenseOf);
  }
}
