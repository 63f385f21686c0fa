import { Injectable } from '@nestjs/common';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import type { AccountBalance, BookCheck, BookCheckResult } from './ledger.types.js';

/** So many problems of one check are named; all are counted. */
const NAMED = 20;

/** Runs checks of the book: each is one statement and sees one moment. */
@Injectable()
export class BookChecksRepository {
  constructor(private readonly db: Database) {}

  /** Lets PostgreSQL take this long for each statement of the open transaction, instead of DB_STATEMENT_TIMEOUT. */
  async allowStatements(ms: number): Promise<void> {
    await this.db.query(`SELECT set_config('statement_timeout', $1, true)`, [String(ms)]);
  }

  async run({ name, finds }: BookCheck): Promise<BookCheckResult> {
    const rows = await this.db.query<{ problem: string; total: string }>(
      `SELECT problem, count(*) OVER () AS total FROM (${finds}) AS found ORDER BY problem LIMIT ${String(NAMED)}`,
    );
    return {
      name,
      count: toSafeInteger(rows[0]?.total ?? 0),
      problems: rows.map(({ problem }) => problem),
    };
  }

  /** The sums of all entries by kind of account and currency. */
  async balances(): Promise<AccountBalance[]> {
    const rows = await this.db.query<Omit<AccountBalance, 'balanceMinor'> & { balance: string }>(
      `SELECT a.kind, a.currency, coalesce(sum(e.amount_minor), 0) AS balance
         FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
        GROUP BY a.kind, a.currency ORDER BY a.currency, a.kind`,
    );
    return rows.map(({ balance, ...account }) => ({ ...account, balanceMinor: toSafeInteger(balance) }));
  }
}
