import { Injectable } from '@nestjs/common';
import { In, type QueryDeepPartialEntity } from 'typeorm';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import { SellerTransfer } from './seller-transfer.entity.js';

/** A lease to write with a claim. */
export interface TransferLease {
  claimId: string;
  leaseMs: number;
}

/** What this transfer would pay repays the seller's debt. */
export const WITHHELD = 'WITHHELD_FOR_DEBT';

export type TransferPatch = QueryDeepPartialEntity<SellerTransfer>;

// Whoever is only looked up is asked for whatever stops the sending; the two never share a batch, so that
// what must wait cannot keep the unknown from their turn. The lease is the database's business: its clock
// decides who may take over (design/decisions.md).
const DUE_TO_LOOK_UP = `
  SELECT id FROM seller_transfers
   WHERE status IN ('unknown', 'failed') AND outcome_unknown AND next_retry_at <= $1
   ORDER BY next_retry_at, id
   LIMIT $2`;

const DUE_TO_SEND = `
  SELECT t.id
    FROM seller_transfers t JOIN payout_orders o ON o.order_id = t.order_id
   WHERE t.status IN ('pending', 'failed', 'blocked_account') AND NOT t.outcome_unknown AND t.next_retry_at <= $1
     AND (t.hold_until IS NULL OR t.hold_until <= $1) AND o.held_at IS NULL AND o.frozen_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM transfer_pauses p
                      WHERE p.resumed_at IS NULL AND (p.seller_id IS NULL OR p.seller_id = t.seller_id))
   ORDER BY t.next_retry_at, t.id
   LIMIT $2`;

const EXPIRE_LEASES = `
  UPDATE seller_transfers
     SET status = 'unknown', outcome_unknown = true, failure_class = 'ambiguous', failure_code = 'LEASE_EXPIRED',
         error_message = 'The process that was sending it ended', claim_id = NULL, lease_until = NULL,
         unknown_since = coalesce(unknown_since, $1), next_retry_at = $1, updated_at = $1
   WHERE id IN (SELECT id FROM seller_transfers
                 WHERE status = 'processing' AND lease_until < clock_timestamp() ORDER BY id FOR UPDATE)
  RETURNING id`;

// In ascending id, as everybody who locks several transfers.
const UNBLOCK_READY = `
  UPDATE seller_transfers
     SET status = 'pending', failure_class = NULL, failure_code = NULL, error_message = NULL,
         failure_streak = 0, next_retry_at = greatest($1, hold_until), updated_at = $1
   WHERE id IN (
         SELECT t.id FROM seller_transfers t JOIN connect_accounts a ON a.user_id = t.seller_id
          WHERE a.transfers_enabled AND t.status = 'blocked_account'
            AND (t.updated_at < a.fetched_at OR $2::uuid IS NOT NULL)
            AND ($2::uuid IS NULL OR t.seller_id = $2::uuid)
          ORDER BY t.id FOR UPDATE OF t)
  RETURNING id`;

const CLAIM = `
  UPDATE seller_transfers
     SET status = 'processing', claim_id = $2, lease_until = clock_timestamp() + $3::bigint * interval '1 ms',
         retry_count = retry_count + CASE WHEN $5 AND last_sent_at IS NOT NULL THEN 1 ELSE 0 END,
         last_sent_at = CASE WHEN $5 THEN $4 ELSE last_sent_at END,
         key_first_sent_at = CASE WHEN $5 THEN coalesce(key_first_sent_at, $4) ELSE key_first_sent_at END,
         updated_at = $4
   WHERE id = $1`;

const PENDING_BY_CURRENCY = `
  SELECT currency, sum(net_amount - reduced) AS waiting
    FROM seller_transfers
   WHERE seller_id = $1 AND amount IS NULL
     AND status IN ('pending', 'failed', 'blocked_account', 'permanently_failed')
   GROUP BY currency`;

const MAY_COME_BACK = `
  SELECT 1 FROM seller_transfers t
   WHERE t.seller_id = $1 AND t.currency = $2
     AND (t.taken_back > 0 AND (t.status = 'processing' OR t.outcome_unknown)
          OR EXISTS (SELECT 1 FROM transfer_reversals r
                      WHERE r.transfer_id = t.id
                        AND (r.status = 'pending' OR r.status = 'failed' AND r.outcome_unknown)))
   LIMIT 1`;

// What was taken out of a transfer that may never have arrived is nothing that could be asked for yet.
const DEBT = `
  SELECT coalesce(sum(CASE WHEN status = 'processing' OR outcome_unknown THEN 0 ELSE taken_back END
                      - amount_reversed - withheld), 0) AS debt,
         coalesce(bool_or(withheld > 0 AND (status = 'processing' OR outcome_unknown)), false) AS "isUnsettled"
    FROM seller_transfers WHERE seller_id = $1 AND currency = $2`;

const OVERDUE = `
  SELECT id FROM seller_transfers
   WHERE overdue_reported_at IS NULL
     AND (outcome_unknown AND unknown_since < $1 OR NOT outcome_unknown AND status = 'failed' AND short_since < $2)
   ORDER BY id LIMIT $3`;

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

  async insert(transfers: readonly TransferPatch[]): Promise<void> {
    await this.database.repository(SellerTransfer).insert([...transfers]);
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
    return this.idsOf(EXPIRE_LEASES, [now]);
  }

  /** Ids of transfers whose outcome is to be looked up now, longest due first. */
  async findDueToLookUp(now: Date, limit: number): Promise<string[]> {
    return this.idsOf(DUE_TO_LOOK_UP, [now, limit]);
  }

  /** Ids of transfers that may be sent now, longest due first; held, frozen and paused ones are not among them. */
  async findDueToSend(now: Date, limit: number): Promise<string[]> {
    return this.idsOf(DUE_TO_SEND, [now, limit]);
  }

  /** Ids of transfers that are open beyond their limit and that nobody has been told of. */
  async findOverdue(
    { unknownBefore, shortBefore }: { unknownBefore: Date; shortBefore: Date },
    limit: number,
  ): Promise<string[]> {
    return this.idsOf(OVERDUE, [unknownBefore, shortBefore, limit]);
  }

  /** Blocked transfers whose seller can be paid become pending. @returns their ids */
  async unblockReady(now: Date, sellerId: string | null = null): Promise<string[]> {
    return this.idsOf(UNBLOCK_READY, [now, sellerId]);
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
   * True while what the seller seems to owe may still come back: by a reversal that nobody has refused, or
   * because a transfer that is on its way will be taken back or never arrive (07 7.9.6).
   */
  async mayMoneyComeBack(sellerId: string, currency: string): Promise<boolean> {
    return (await this.database.query(MAY_COME_BACK, [sellerId, currency])).length > 0;
  }

  /**
   * What a seller still owes of what was taken back after it had arrived, in minor units: less what came
   * back, less what later sales repaid (ADR 6). `isUnsettled` while a sale that repays is on its way.
   */
  async debtOf(sellerId: string, currency: string): Promise<{ debtMinor: number; isUnsettled: boolean }> {
    const [row] = await this.database.query<{ debt: string; isUnsettled: boolean }>(DEBT, [
      sellerId,
      currency,
    ]);
    return { debtMinor: toSafeInteger(row?.debt ?? 0), isUnsettled: row?.isUnsettled ?? false };
  }

  /** Net amounts of a seller that wait for their transfer, by currency, in minor units. */
  async waitingByCurrency(sellerId: string): Promise<Map<string, number>> {
    const rows = await this.database.query<{ currency: string; waiting: string }>(PENDING_BY_CURRENCY, [
      sellerId,
    ]);
    return new Map(rows.map((row) => [row.currency, toSafeInteger(row.waiting)]));
  }

  private async idsOf(sql: string, parameters: readonly unknown[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(sql, parameters);
    return rows.map((row) => row.id);
  }
}
