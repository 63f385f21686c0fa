import { Injectable } from '@nestjs/common';
import { In, IsNull, Not, type QueryDeepPartialEntity } from 'typeorm';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import { SellerTransfer } from './seller-transfer.entity.js';

/** A lease to write with a claim. */
export interface TransferLease {
  claimId: string;
  leaseMs: number;
}

/** The seller owes at least as much as this transfer would pay. */
export const WITHHELD = 'WITHHELD_FOR_DEBT';

export type TransferPatch = QueryDeepPartialEntity<SellerTransfer>;

// The lease is the database's business: its clock decides who may take over (design/decisions.md).
const DUE = `
  SELECT t.id
    FROM seller_transfers t JOIN payout_orders o ON o.order_id = t.order_id
   WHERE t.status IN ('pending', 'failed', 'unknown', 'blocked_account') AND t.next_retry_at <= $1
     AND (o.held_at IS NULL OR t.outcome_unknown)
   ORDER BY t.next_retry_at, t.id
   LIMIT $2`;

const EXPIRE_LEASES = `
  UPDATE seller_transfers
     SET status = 'unknown', outcome_unknown = true, failure_class = 'ambiguous', failure_code = 'LEASE_EXPIRED',
         error_message = 'The process that was sending it ended', claim_id = NULL, lease_until = NULL,
         next_retry_at = $1, updated_at = $1
   WHERE status = 'processing' AND lease_until < clock_timestamp()
  RETURNING id`;

const UNBLOCK_READY = `
  UPDATE seller_transfers t
     SET status = 'pending', failure_class = NULL, failure_code = NULL, error_message = NULL,
         failure_streak = 0, next_retry_at = $1, updated_at = $1
    FROM connect_accounts a
   WHERE a.user_id = t.seller_id AND a.transfers_enabled AND t.status = 'blocked_account'
     AND (t.updated_at < a.fetched_at OR $2::uuid IS NOT NULL)
     AND ($2::uuid IS NULL OR t.seller_id = $2::uuid)
  RETURNING t.id`;

const CLAIM = `
  UPDATE seller_transfers
     SET status = 'processing', claim_id = $2, lease_until = clock_timestamp() + $3::bigint * interval '1 ms',
         retry_count = retry_count + CASE WHEN $5 AND last_sent_at IS NOT NULL THEN 1 ELSE 0 END,
         last_sent_at = CASE WHEN $5 THEN $4 ELSE last_sent_at END, updated_at = $4
   WHERE id = $1`;

const PENDING_BY_CURRENCY = `
  SELECT currency, sum(net_amount) AS waiting
    FROM seller_transfers
   WHERE seller_id = $1 AND NOT outcome_unknown AND reversal_refund_id IS NULL
     AND status IN ('pending', 'failed', 'blocked_account', 'permanently_failed')
   GROUP BY currency`;

/** Rows of seller_transfers. */
@Injectable()
export class SellerTransfersRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<SellerTransfer | null> {
    return this.database.repository(SellerTransfer).findOneBy({ id });
  }

  async findForUpdate(id: string): Promise<SellerTransfer | null> {
    return this.database
      .repository(SellerTransfer)
      .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** The transfers of an order, locked in ascending id (07 7.6.23). */
  async findOfOrderForUpdate(orderId: string): Promise<SellerTransfer[]> {
    return this.database
      .repository(SellerTransfer)
      .find({ where: { orderId }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  }

  /** Inserts what is not there yet. @returns the ids that were inserted */
  async insertMissing(transfers: readonly TransferPatch[]): Promise<string[]> {
    const result = await this.database
      .repository(SellerTransfer)
      .createQueryBuilder()
      .insert()
      .values([...transfers])
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as { id: string }[]).map((row) => row.id);
  }

  async update(id: string, patch: TransferPatch): Promise<void> {
    await this.database.repository(SellerTransfer).update({ id }, patch);
  }

  /** True when the process that sends it has not been heard of since its lease ended. */
  async isLeaseOver(id: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM seller_transfers WHERE id = $1 AND lease_until < clock_timestamp()',
      [id],
    );
    return rows.length > 0;
  }

  /** @param mayCreate whether the attempt may create a transfer, or only looks for one */
  async startSending(
    id: string,
    { claimId, leaseMs, mayCreate }: TransferLease & { mayCreate: boolean },
    now: Date,
  ): Promise<void> {
    await this.database.query(CLAIM, [id, claimId, leaseMs, now, mayCreate]);
  }

  /** What dead processes were sending becomes `unknown`: it may have arrived (08 3.5). @returns their ids */
  async expireLeases(now: Date): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(EXPIRE_LEASES, [now]);
    return rows.map((row) => row.id);
  }

  /** Ids of transfers whose time has come, longest due first; held orders only to look an outcome up. */
  async findDue(now: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(DUE, [now, limit]);
    return rows.map((row) => row.id);
  }

  /** Blocked transfers whose seller can be paid become pending. @returns their ids */
  async unblockReady(now: Date, sellerId: string | null = null): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(UNBLOCK_READY, [now, sellerId]);
    return rows.map((row) => row.id);
  }

  /** Ids of transfers that found nothing to pay because of the seller's debt. */
  async findWithheld(sellerId: string, currency: string): Promise<string[]> {
    const rows = await this.database.repository(SellerTransfer).find({
      select: { id: true },
      where: { sellerId, currency, status: In(['pending', 'failed']), failureCode: WITHHELD },
      order: { id: 'ASC' },
    });
    return rows.map((row) => row.id);
  }

  /**
   * True while what the seller seems to owe may still come back: by a reversal, or because the transfer of a
   * refunded order is on its way and will be taken back or never arrive (07 7.9.6).
   */
  async mayMoneyComeBack(sellerId: string, currency: string): Promise<boolean> {
    const refunded = { sellerId, currency, reversalRefundId: Not(IsNull()) };
    return this.database.repository(SellerTransfer).existsBy([
      { sellerId, currency, status: 'reversal_pending' },
      { ...refunded, status: 'processing' },
      { ...refunded, outcomeUnknown: true },
    ]);
  }

  /** Transfers that found nothing to pay are due again: something of the seller's came back. */
  async wakeWithheld(sellerId: string, currency: string, now: Date): Promise<void> {
    await this.database
      .repository(SellerTransfer)
      .update({ id: In(await this.findWithheld(sellerId, currency)) }, { nextRetryAt: now });
  }

  /** Net amounts of a seller that wait for their transfer, by currency, in minor units. */
  async waitingByCurrency(sellerId: string): Promise<Map<string, number>> {
    const rows = await this.database.query<{ currency: string; waiting: string }>(PENDING_BY_CURRENCY, [
      sellerId,
    ]);
    return new Map(rows.map((row) => [row.currency, toSafeInteger(row.waiting)]));
  }
}
