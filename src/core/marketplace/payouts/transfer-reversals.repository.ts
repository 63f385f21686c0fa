import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import { Database } from '../../../infrastructure/database/index.js';
import type { TransferLease } from './seller-transfers.repository.js';
import { TransferReversal } from './transfer-reversal.entity.js';

const CLAIM = `
  UPDATE transfer_reversals
     SET outcome_unknown = true, claim_id = $2, lease_until = clock_timestamp() + $3::bigint * interval '1 ms',
         attempts = attempts + 1, updated_at = $4
   WHERE id = $1 AND status IN ('pending', 'failed')
     AND (lease_until IS NULL OR lease_until < clock_timestamp())
  RETURNING id`;

const DUE = `
  SELECT id FROM transfer_reversals
   WHERE status IN ('pending', 'failed') AND next_retry_at <= $1
     AND (lease_until IS NULL OR lease_until < clock_timestamp())
   ORDER BY next_retry_at, id
   LIMIT $2`;

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

  async findOfTransfers(transferIds: string[]): Promise<TransferReversal[]> {
    if (transferIds.length === 0) return [];
    return this.database
      .repository(TransferReversal)
      .createQueryBuilder('r')
      .where('r.transferId IN (:...transferIds)', { transferIds })
      .orderBy('r.createdAt', 'ASC')
      .getMany();
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
}
