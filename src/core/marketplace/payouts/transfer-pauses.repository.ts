import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Database } from '../../../infrastructure/database/index.js';

/** A pause that is in force; without a seller it holds for all of them. */
export interface TransferPause {
  id: string;
  sellerId: string | null;
  reason: string;
  pausedBy: string;
  pausedAt: Date;
}

const COLUMNS = `
  SELECT id, seller_id AS "sellerId", reason, paused_by AS "pausedBy", paused_at AS "pausedAt" FROM transfer_pauses`;
const LOCK = `hashtextextended('veza.transfer-pauses', 0)`;

/** Rows of transfer_pauses. A pause has no row while it is not there, so its lock is an advisory one. */
@Injectable()
export class TransferPausesRepository {
  constructor(private readonly database: Database) {}

  /** Whether the seller's transfers are paused; nobody pauses or resumes until the transaction ends. */
  async isPausedForShare(sellerId: string): Promise<boolean> {
    await this.database.query(`SELECT pg_advisory_xact_lock_shared(${LOCK})`);
    const rows = await this.database.query(
      'SELECT 1 FROM transfer_pauses WHERE resumed_at IS NULL AND (seller_id IS NULL OR seller_id = $1)',
      [sellerId],
    );
    return rows.length > 0;
  }

  /** Waits for every claim that is being made: after this nothing starts without seeing what is written. */
  async lock(): Promise<void> {
    await this.database.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
  }

  async findOpen(sellerId: string | null): Promise<TransferPause | null> {
    const [pause] = await this.database.query<TransferPause>(
      `${COLUMNS} WHERE resumed_at IS NULL AND seller_id IS NOT DISTINCT FROM $1`,
      [sellerId],
    );
    return pause ?? null;
  }

  /** Pauses in force, the one for all first, then the newest; at most `limit`. */
  async listOpen(limit: number): Promise<TransferPause[]> {
    return this.database.query<TransferPause>(
      `${COLUMNS} WHERE resumed_at IS NULL ORDER BY seller_id IS NOT NULL, paused_at DESC, id LIMIT $1`,
      [limit],
    );
  }

  async insert(pause: Omit<TransferPause, 'id'>): Promise<void> {
    await this.database.query(
      `INSERT INTO transfer_pauses (id, seller_id, reason, paused_by, paused_at) VALUES ($1, $2, $3, $4, $5)`,
      [newId(), pause.sellerId, pause.reason, pause.pausedBy, pause.pausedAt],
    );
  }

  async end(id: string, { by, at }: { by: string; at: Date }): Promise<void> {
    await this.database.query('UPDATE transfer_pauses SET resumed_by = $2, resumed_at = $3 WHERE id = $1', [
      id,
      by,
      at,
    ]);
  }
}
