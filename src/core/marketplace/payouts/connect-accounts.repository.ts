import { Injectable } from '@nestjs/common';
import { Between, IsNull } from 'typeorm';
import { newId } from '../../../common/ids/index.js';
import { Database } from '../../../infrastructure/database/index.js';
import { ConnectAccount } from './connect-account.entity.js';
import type { ConnectedAccount } from './payout-provider.js';

/** Rows of connect_accounts. */
@Injectable()
export class ConnectAccountsRepository {
  constructor(private readonly database: Database) {}

  async findByUser(userId: string): Promise<ConnectAccount | null> {
    return this.database.repository(ConnectAccount).findOneBy({ userId });
  }

  async findByStripeAccount(stripeAccountId: string): Promise<ConnectAccount | null> {
    return this.database.repository(ConnectAccount).findOneBy({ stripeAccountId });
  }

  /** Keeps the row from changing until the transaction ends, so that "ready" is not read halfway. */
  async findByUserForShare(userId: string): Promise<ConnectAccount | null> {
    return this.database
      .repository(ConnectAccount)
      .findOne({ where: { userId }, lock: { mode: 'pessimistic_read' } });
  }

  /** The intention to have an account; the second of two callers finds the row of the first. */
  async insertIfAbsent(userId: string, now: Date): Promise<void> {
    await this.database
      .repository(ConnectAccount)
      .createQueryBuilder()
      .insert()
      .values({ id: newId(), userId, createdAt: now, updatedAt: now })
      .orIgnore()
      .execute();
  }

  /** Stores the provider's id once; a row that has one keeps it. @returns false when it had one */
  async attach(userId: string, stripeAccountId: string, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE connect_accounts SET stripe_account_id = $2, updated_at = $3
        WHERE user_id = $1 AND stripe_account_id IS NULL RETURNING id`,
      [userId, stripeAccountId, now],
    );
    return rows.length > 0;
  }

  /** The next creation takes a new key. */
  async raiseCreationEpoch(userId: string, epoch: number, now: Date): Promise<void> {
    await this.database
      .repository(ConnectAccount)
      .update({ userId, creationEpoch: epoch }, { creationEpoch: epoch + 1, updatedAt: now });
  }

  /**
   * Stores what the provider says now.
   * @param seen `fetchedAt` before the provider was asked; undefined stores it whatever is there
   * @returns false when another answer was stored meanwhile
   */
  async saveSnapshot(account: ConnectedAccount, now: Date, seen: Date | null | undefined): Promise<boolean> {
    const result = await this.database.repository(ConnectAccount).update(
      {
        stripeAccountId: account.accountId,
        ...(seen === undefined ? {} : { fetchedAt: seen ?? IsNull() }),
      },
      {
        transfersEnabled: account.transfersEnabled,
        payoutsEnabled: account.payoutsEnabled,
        chargesEnabled: account.chargesEnabled,
        detailsSubmitted: account.detailsSubmitted,
        requirements: account.requirements,
        fetchedAt: now,
        updatedAt: now,
      },
    );
    return result.affected === 1;
  }

  /** Provider ids of accounts that keep transfers from being sent and were not read since then. */
  async findBlockedUnreadSince(readBefore: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT a.stripe_account_id AS id FROM connect_accounts a
        WHERE a.stripe_account_id IS NOT NULL AND (a.fetched_at IS NULL OR a.fetched_at < $1)
          AND EXISTS (SELECT 1 FROM seller_transfers t
                       WHERE t.seller_id = a.user_id AND t.status = 'blocked_account')
        ORDER BY a.fetched_at NULLS FIRST, a.id LIMIT $2`,
      [readBefore, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Intentions within these moments that have no account, oldest first. */
  async findUnattached(from: Date, to: Date, limit: number): Promise<ConnectAccount[]> {
    return this.database.repository(ConnectAccount).find({
      where: { stripeAccountId: IsNull(), createdAt: Between(from, to) },
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
    });
  }
}
