import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import type { ItemAllocation } from '../orders/index.js';
import type { Dispute, DisputeQuery } from './dispute.types.js';

const SELECT = `
  SELECT id, psp_dispute_id AS "pspDisputeId", order_id AS "orderId", amount::float8 AS "amountMinor", currency, reason,
         status, took_all AS "tookAll", provider_updated_at AS "providerUpdatedAt",
         challenge_required_by AS "challengeRequiredBy", opened_at AS "openedAt", closed_at AS "closedAt",
         contradicted_at AS "contradictedAt", contradicted_by AS "contradictedBy", updated_at AS "updatedAt"
    FROM disputes`;

/** Rows of disputes and of what they took. */
@Injectable()
export class DisputesRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async insert(dispute: Dispute): Promise<void> {
    await this.db.query(
      `INSERT INTO disputes (id, psp_dispute_id, order_id, amount, currency, reason, status, took_all,
                             provider_updated_at, challenge_required_by, opened_at, closed_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        dispute.id,
        dispute.pspDisputeId,
        dispute.orderId,
        dispute.amountMinor,
        dispute.currency,
        dispute.reason,
        dispute.status,
        dispute.tookAll,
        dispute.providerUpdatedAt,
        dispute.challengeRequiredBy,
        dispute.openedAt,
        dispute.closedAt,
        dispute.updatedAt,
      ],
    );
  }

  /** Writes what a step may change. */
  async update(dispute: Dispute): Promise<void> {
    await this.db.query(
      `UPDATE disputes SET status = $2, provider_updated_at = $3, closed_at = $4, contradicted_at = $5,
                           contradicted_by = $6, updated_at = $7 WHERE id = $1`,
      [
        dispute.id,
        dispute.status,
        dispute.providerUpdatedAt,
        dispute.closedAt,
        dispute.contradictedAt,
        dispute.contradictedBy,
        dispute.updatedAt,
      ],
    );
  }

  /** Locks a dispute; its order must be locked already. */
  async findForUpdate(pspDisputeId: string): Promise<Dispute | null> {
    const [row] = await this.db.query<Dispute>(`${SELECT} WHERE psp_dispute_id = $1 FOR UPDATE`, [
      pspDisputeId,
    ]);
    return row ?? null;
  }

  async findById(id: string): Promise<Dispute | null> {
    const [row] = await this.db.query<Dispute>(`${SELECT} WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** When the oldest dispute of an order that is still open began; null without one. */
  async findOpenSince(orderId: string): Promise<Date | null> {
    const [row] = await this.db.query<{ since: Date | null }>(
      'SELECT min(opened_at) AS since FROM disputes WHERE order_id = $1 AND closed_at IS NULL',
      [orderId],
    );
    return row?.since ?? null;
  }

  /** Notes whether nothing of the order was left when the dispute was lost. */
  async setTookAll(id: string, tookAll: boolean): Promise<void> {
    await this.db.query('UPDATE disputes SET took_all = $2 WHERE id = $1', [id, tookAll]);
  }

  async insertItems(disputeId: string, parts: readonly ItemAllocation[]): Promise<void> {
    await this.db.query(
      `INSERT INTO dispute_items (dispute_id, order_item_id, seller_id, amount, fee, net)
       SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[])`,
      [
        disputeId,
        parts.map((part) => part.orderItemId),
        parts.map((part) => part.sellerId),
        parts.map((part) => part.amountMinor),
        parts.map((part) => part.feeMinor),
        parts.map((part) => part.netMinor),
      ],
    );
  }

  async findItems(disputeId: string): Promise<ItemAllocation[]> {
    return this.db.query<ItemAllocation>(
      `SELECT order_item_id AS "orderItemId", seller_id AS "sellerId", amount::float8 AS "amountMinor",
              fee::float8 AS "feeMinor", net::float8 AS "netMinor"
         FROM dispute_items WHERE dispute_id = $1 ORDER BY order_item_id`,
      [disputeId],
    );
  }

  /** The money came back after all: nothing is taken any more. */
  async deleteItems(disputeId: string): Promise<void> {
    await this.db.query('DELETE FROM dispute_items WHERE dispute_id = $1', [disputeId]);
  }

  async list({ status, orderId, ...part }: DisputeQuery): Promise<Paginated<Dispute>> {
    return this.lists.read<Dispute>(
      {
        scope: 'disputes',
        select: SELECT,
        conditions: new Conditions().addIf(status, 'status = ?').addIf(orderId, 'order_id = ?'),
        sort: { column: 'opened_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.openedAt.toISOString(), row.id],
      },
      part,
    );
  }
}
