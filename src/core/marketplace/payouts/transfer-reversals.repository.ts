import { Injectable } from '@nestjs/common';
import { In, type QueryDeepPartialEntity } from 'typeorm';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import type { TransferLease } from './seller-transfers.repository.js';
import { TransferReversal } from './transfer-reversal.entity.js';

const CLAIM = `
  UPDATE transfer_reversals
     SET outcome_unknown = true, claim_id = $2, lease_until = clock_timestamp() + $3::bigint * interval '1 ms',
         attempts = attempts + 1, unknown_since = coalesce(unknown_since, $4),
         key_first_sent_at = coalesce(key_first_sent_at, $4), updated_at = $4
   WHERE id = $1 AND status IN ('pending', 'failed')
     AND (lease_until IS NULL OR lease_until < clock_timestamp())
  RETURNING id`;

// What waits for its transfer to arrive is announced when it has.
const DUE = `
  SELECT r.id FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id
   WHERE r.status IN ('pending', 'failed') AND r.next_retry_at <= $1 AND t.stripe_transfer_id IS NOT NULL
     AND (r.lease_until IS NULL OR r.lease_until < clock_timestamp())
   ORDER BY r.next_retry_at, r.id
   LIMIT $2`;

const IN_FLIGHT = `
  SELECT coalesce(sum(r.amount), 0) AS amount
    FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id
   WHERE t.seller_id = $1 AND t.currency = $2 AND r.status IN ('pending', 'failed') AND r.outcome_unknown`;

const OVERDUE = `
  SELECT id FROM transfer_reversals
   WHERE overdue_reported_at IS NULL AND status IN ('pending', 'failed') AND unknown_since < $1
   ORDER BY id LIMIT $2`;

type ReversalPatch = QueryDeepPartialEntity<TransferReversal>;

/** Rows of transfer_reversals. */
@Injectable()
export class TransferReversalsRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<TransferReversal | null> {
    return this.database.repository(TransferReversal).findOneBy({ id });
  }

  async findForUpdate(id: string): Promise<TransferReversal | null> {
    return this.database
      .repository(TransferReversal)
      .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async insert(reversal: ReversalPatch): Promise<void> {
    await this.database.repository(TransferReversal).insert(reversal);
  }

  async update(id: string, patch: ReversalPatch): Promise<void> {
    await this.database.repository(TransferReversal).update({ id }, patch);
  }

  /** Takes an open reversal for one attempt. @returns false when it is settled or somebody has it */
  async startSending(id: string, { claimId, leaseMs }: TransferLease, now: Date): Promise<boolean> {
    const rows = await this.database.query(CLAIM, [id, claimId, leaseMs, now]);
    return rows.length > 0;
  }

  /** Ids of open reversals whose time has come, longest due first. */
  async findDue(now: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(DUE, [now, limit]);
    return rows.map((row) => row.id);
  }

  /** The reversals of a transfer that are not settled, oldest first. */
  async findOpenOfTransfer(transferId: string): Promise<TransferReversal[]> {
    return this.database.repository(TransferReversal).find({
      where: { transferId, status: In(['pending', 'failed']) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** Minor units that reversals of the seller may be bringing back at this moment. */
  async inFlightOf(sellerId: string, currency: string): Promise<number> {
    const [row] = await this.database.query<{ amount: string }>(IN_FLIGHT, [sellerId, currency]);
    return toSafeInteger(row?.amount ?? 0);
  }

  /** True when the process that sends it has not been heard of since its lease ended, or nobody sends it. */
  async isFree(id: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM transfer_reversals WHERE id = $1 AND (lease_until IS NULL OR lease_until < clock_timestamp())',
      [id],
    );
    return rows.length > 0;
  }

  /** Ids of reversals that are unknown beyond their limit and that nobody has been told of. */
  async findOverdue(unknownBefore: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(OVERDUE, [unknownBefore, limit]);
    return rows.map((row) => row.id);
  }
}
