import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';

/** A key as one user holds it. */
export interface IdempotencyKey {
  userId: string;
  key: string;
  requestHash: string;
}

/** What is stored under a key. */
export interface StoredRequest {
  request_hash: string;
  response: Buffer | null;
}

/** Keeps the keys; leases run on the database's clock. */
@Injectable()
export class IdempotencyRepository {
  constructor(private readonly db: Database) {}

  /**
   * Claims the key for `leaseMs`. A key that is expired, or whose first request died before it was answered,
   * is taken over by the same request.
   * @returns true when the caller now holds the key
   */
  async claim(
    { userId, key, requestHash }: IdempotencyKey,
    leaseMs: number,
    ttlMs: number,
  ): Promise<boolean> {
    const rows = await this.db.query(
      `INSERT INTO idempotency_keys (user_id, key, request_hash, lease_until, expires_at)
       VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond', now() + $5 * interval '1 millisecond')
       ON CONFLICT (user_id, key) DO UPDATE
         SET request_hash = excluded.request_hash, response = NULL, lease_until = excluded.lease_until,
             expires_at = excluded.expires_at, created_at = now()
         WHERE idempotency_keys.expires_at <= now()
            OR (idempotency_keys.response IS NULL AND idempotency_keys.lease_until <= now()
                AND idempotency_keys.request_hash = excluded.request_hash)
       RETURNING key`,
      [userId, key, requestHash, leaseMs, ttlMs],
    );
    return rows.length === 1;
  }

  /** What is stored under a key that somebody holds. */
  async find(userId: string, key: string): Promise<StoredRequest | null> {
    const [row] = await this.db.query<StoredRequest>(
      'SELECT request_hash, response FROM idempotency_keys WHERE user_id = $1 AND key = $2',
      [userId, key],
    );
    return row ?? null;
  }

  /** Keeps the sealed answer for replays. */
  async storeResponse({ userId, key, requestHash }: IdempotencyKey, response: Buffer): Promise<void> {
    await this.db.query(
      'UPDATE idempotency_keys SET response = $4 WHERE user_id = $1 AND key = $2 AND request_hash = $3',
      [userId, key, requestHash, response],
    );
  }

  /** Gives the key back after a request that was refused: nothing was created under it. */
  async release({ userId, key, requestHash }: IdempotencyKey): Promise<void> {
    await this.db.query(
      'DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND request_hash = $3 AND response IS NULL',
      [userId, key, requestHash],
    );
  }

  /** Deletes up to `limit` expired keys. */
  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.db.query(
      `DELETE FROM idempotency_keys WHERE ctid IN
         (SELECT ctid FROM idempotency_keys WHERE expires_at <= now() LIMIT $1) RETURNING key`,
      [limit],
    );
    return rows.length;
  }
}
