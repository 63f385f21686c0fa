import { Injectable } from '@nestjs/common';
import { Database, toSafeInteger } from '../../../../infrastructure/database/index.js';
import type { StatementLine, StatementPeriod } from './statement.types.js';

/** Reads what a seller is owed, line by line: the book, with the titles of what was sold. */
@Injectable()
export class StatementsRepository {
  constructor(private readonly db: Database) {}

  /** What was owed before a moment, in minor units, for each currency that the seller ever had; sorted. */
  async balancesBefore(sellerId: string, moment?: Date): Promise<Map<string, number>> {
    const rows = await this.db.query<{ currency: string; balance: string }>(
      `SELECT a.currency, coalesce(sum(e.amount_minor) FILTER (WHERE e.created_at < $2), 0) AS balance
         FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
        WHERE a.kind = 'payable' AND a.seller_id = $1
        GROUP BY a.currency ORDER BY a.currency`,
      [sellerId, moment ?? null],
    );
    return new Map(rows.map(({ currency, balance }) => [currency, toSafeInteger(balance)]));
  }

  /** The next lines in the order in which they were booked. */
  async linesAfter(
    sellerId: string,
    { from, to }: StatementPeriod,
    after: Pick<StatementLine, 'createdAt' | 'id'> | null,
    limit: number,
  ): Promise<StatementLine[]> {
    const rows = await this.db.query<Omit<StatementLine, 'amountMinor'> & { amount: string }>(
      `SELECT e.id, e.created_at AS "createdAt", t.kind, line.order_id AS "orderId",
              (SELECT string_agg(i.title, ', ' ORDER BY i.position) FROM order_items i
                WHERE i.order_id = line.order_id AND i.seller_id = $1) AS titles,
              e.amount_minor AS amount, e.currency
         FROM ledger_accounts a
         JOIN ledger_entries e ON e.account_id = a.id
         JOIN ledger_transactions t ON t.id = e.transaction_id
         LEFT JOIN seller_transfers s ON s.id = t.transfer_id
        CROSS JOIN LATERAL (SELECT coalesce(t.order_id, s.order_id) AS order_id) AS line
        WHERE a.kind = 'payable' AND a.seller_id = $1
          AND ($2::timestamptz IS NULL OR e.created_at >= $2) AND ($3::timestamptz IS NULL OR e.created_at < $3)
          AND ($4::timestamptz IS NULL OR (e.created_at, e.id) > ($4, $5::uuid))
        ORDER BY e.created_at, e.id LIMIT $6`,
      [sellerId, from ?? null, to ?? null, after?.createdAt ?? null, after?.id ?? null, limit],
    );
    return rows.map(({ amount, ...row }) => ({ ...row, amountMinor: toSafeInteger(amount) }));
  }
}
