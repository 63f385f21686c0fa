import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database, mapUniqueViolation } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader, type ListPart } from '../../../infrastructure/lists/index.js';
import type { ItemAllocation } from '../orders/index.js';
import { Refund } from './refund.entity.js';
import type { RefundStatus } from './refund-states.js';
import { refundAlreadyRequested } from './refunds.errors.js';

/** Which refunds to list. `from` is inclusive, `to` exclusive. */
export interface RefundQuery extends ListPart {
  status?: RefundStatus;
  orderId?: string;
  from?: Date;
  to?: Date;
}

type RefundPatch = QueryDeepPartialEntity<Refund>;

const COLUMNS = `
  SELECT id, order_id AS "orderId", initiator_id AS "initiatorId", origin, psp_refund_id AS "pspRefundId",
         psp_payment_id AS "pspPaymentId",
         amount::float8 AS amount, currency, item_ids AS "itemIds", reason, status, sync_status AS "syncStatus",
         psp_ack_at AS "pspAckAt", unknown_since AS "unknownSince", review_since AS "reviewSince",
         contradicted_at AS "contradictedAt", settled_by AS "settledBy", failure_code AS "failureCode",
         error_message AS "errorMessage", succeeded_at AS "succeededAt", failed_at AS "failedAt",
         next_check_at AS "nextCheckAt", provider_updated_at AS "providerUpdatedAt",
         idempotency_key AS "idempotencyKey",
         created_at AS "createdAt", updated_at AS "updatedAt"
    FROM refunds`;

/** Rows of refunds. */
@Injectable()
export class RefundsRepository {
  constructor(
    private readonly database: Database,
    private readonly lists: ListReader,
  ) {}

  /** @throws 400 `REFUND_ALREADY_REQUESTED` when the order has an open refund or would give back too much */
  async insert(refund: RefundPatch): Promise<void> {
    try {
      await this.database.repository(Refund).insert(refund);
    } catch (error) {
      mapUniqueViolation(error, {
        refunds_one_open_uq: refundAlreadyRequested,
        refunds_one_automatic_uq: refundAlreadyRequested,
        refunds_within_order_ck: refundAlreadyRequested,
      });
    }
  }

  async find(id: string): Promise<Refund | null> {
    return this.database.repository(Refund).findOneBy({ id });
  }

  /** Finds without a lock: the order is locked before its refund (07 7.6.23). */
  async findByPspRefundId(pspRefundId: string): Promise<Refund | null> {
    return this.database.repository(Refund).findOneBy({ pspRefundId });
  }

  /** Locks a refund; its order must be locked already. */
  async findForUpdate(id: string): Promise<Refund | null> {
    return this.database.repository(Refund).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async findOfOrder(orderId: string): Promise<Refund[]> {
    return this.database
      .repository(Refund)
      .find({ where: { orderId }, order: { createdAt: 'DESC', id: 'DESC' } });
  }

  async update(id: string, patch: RefundPatch): Promise<void> {
    await this.database.repository(Refund).update({ id }, patch);
  }

  /** True while a refund of the order is not settled. */
  async hasOpen(orderId: string): Promise<boolean> {
    return this.database.repository(Refund).existsBy({ orderId, status: 'pending' });
  }

  /** Pending refunds that are to be asked for, the longest due first. */
  async findDue(now: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM refunds WHERE status = 'pending' AND next_check_at <= $1
        ORDER BY next_check_at, id LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Writes which part of which item a settled refund gave back. */
  /** What the user opened for the order with this key since the moment. */
  async findByKey(
    { orderId, initiatorId, key }: { orderId: string; initiatorId: string; key: string },
    since: Date,
  ): Promise<Refund | null> {
    const rows = await this.database.query<Refund>(
      `${COLUMNS} WHERE order_id = $1 AND initiator_id = $2 AND idempotency_key = $3 AND created_at >= $4`,
      [orderId, initiatorId, key, since],
    );
    return rows[0] ?? null;
  }

  async insertItems(refundId: string, parts: readonly ItemAllocation[]): Promise<void> {
    await this.database.query(
      `INSERT INTO refund_items (refund_id, order_item_id, amount, fee, net)
       SELECT $1, part.* FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[]) AS part`,
      [
        refundId,
        parts.map((part) => part.orderItemId),
        parts.map((part) => part.amountMinor),
        parts.map((part) => part.feeMinor),
        parts.map((part) => part.netMinor),
      ],
    );
  }

  /** What a settled refund gave back, in the order of the items. */
  async findItems(refundId: string): Promise<ItemAllocation[]> {
    return this.database.query<ItemAllocation>(
      `SELECT r.order_item_id AS "orderItemId", i.seller_id AS "sellerId", r.amount::float8 AS "amountMinor",
              r.fee::float8 AS "feeMinor", r.net::float8 AS "netMinor"
         FROM refund_items r JOIN order_items i ON i.id = r.order_item_id
        WHERE r.refund_id = $1 ORDER BY i.position`,
      [refundId],
    );
  }

  /** The items that other refunds of the order gave back as items. */
  async findItemsOfOthers(orderId: string, refundId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT DISTINCT unnest(item_ids) AS id FROM refunds
        WHERE order_id = $1 AND id <> $2 AND status <> 'pending'
          AND (status = 'succeeded') = (contradicted_at IS NULL)`,
      [orderId, refundId],
    );
    return rows.map((row) => row.id);
  }

  /** @returns false when the mail about this refund is on its way already */
  async markMailQueued(id: string, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      'UPDATE refunds SET mail_queued_at = $2 WHERE id = $1 AND mail_queued_at IS NULL RETURNING id',
      [id, now],
    );
    return rows.length > 0;
  }

  async list({ status, orderId, from, to, ...part }: RefundQuery): Promise<Paginated<Refund>> {
    return this.lists.read<Refund>(
      {
        scope: orderId === undefined ? 'refunds' : `refunds:${orderId}`,
        select: COLUMNS,
        conditions: new Conditions()
          .addIf(orderId, 'order_id = ?')
          .addIf(status, 'status = ?')
          .addIf(from, 'created_at >= ?')
          .addIf(to, 'created_at < ?'),
        sort: { column: 'created_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      part,
    );
  }
}
