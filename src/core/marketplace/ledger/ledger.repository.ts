import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import type { LedgerEntryQuery, LedgerEntryRow, SellerBalance } from './ledger.types.js';
import type { AccountRef, Posting, PostingEntry } from './postings.js';

type EntryRow = Omit<LedgerEntryRow, 'amountMinor'> & { amountMinor: string };

const ENTRY_COLUMNS = `
  SELECT e.id, t.kind, a.kind AS account, e.amount_minor AS "amountMinor", e.currency,
         t.order_id AS "orderId", t.refund_id AS "refundId", t.transfer_id AS "transferId",
         t.reversal_id AS "reversalId", e.created_at AS "createdAt"
    FROM ledger_entries e
    JOIN ledger_accounts a ON a.id = e.account_id
    JOIN ledger_transactions t ON t.id = e.transaction_id`;

/** SQL of the ledger. Rows are only ever inserted; balances follow by trigger. */
@Injectable()
export class LedgerRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns the new transaction's id, null when its dedupe key was booked before */
  async insertTransaction(posting: Posting, createdAt: Date): Promise<string | null> {
    const [row] = await this.db.query<{ id: string }>(
      `INSERT INTO ledger_transactions
         (id, kind, dedupe_key, currency, order_id, refund_id, transfer_id, reversal_id, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT ON CONSTRAINT ledger_transactions_dedupe_key_uq DO NOTHING
       RETURNING id`,
      [
        newId(),
        posting.kind,
        posting.dedupeKey,
        posting.currency,
        posting.orderId ?? null,
        posting.refundId ?? null,
        posting.transferId ?? null,
        posting.reversalId ?? null,
        createdAt,
      ],
    );
    return row?.id ?? null;
  }

  /** Writes the lines, sellers in ascending order: their accounts are locked one by one as they come. */
  async insertEntries(transactionId: string, posting: Posting, createdAt: Date): Promise<void> {
    const entries = [...posting.entries].sort((a, b) =>
      sortKeyOf(a.account) < sortKeyOf(b.account) ? -1 : 1,
    );
    await this.ensureAccounts(entries, posting.currency);
    await this.db.query(
      `INSERT INTO ledger_entries (id, transaction_id, account_id, currency, amount_minor, created_at)
       SELECT line.id, $1, a.id, $2, line.amount_minor, $3
         FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::bigint[]) WITH ORDINALITY
              AS line (id, kind, seller_id, amount_minor, place)
         JOIN ledger_accounts a
           ON a.kind = line.kind AND a.seller_id IS NOT DISTINCT FROM line.seller_id AND a.currency = $2
        ORDER BY line.place`,
      [
        transactionId,
        posting.currency,
        createdAt,
        entries.map(() => newId()),
        entries.map((entry) => entry.account.kind),
        entries.map((entry) => entry.account.sellerId),
        entries.map((entry) => entry.amountMinor),
      ],
    );
  }

  /** The seller's payable account, created if absent and locked. Its balance in minor units may be negative. */
  async lockPayable(sellerId: string, currency: string): Promise<number> {
    await this.ensureAccounts([{ account: { kind: 'payable', sellerId } }], currency);
    const [row] = await this.db.query<{ balance_minor: string }>(
      `SELECT balance_minor FROM ledger_accounts
        WHERE kind = 'payable' AND seller_id = $1 AND currency = $2 FOR NO KEY UPDATE`,
      [sellerId, currency],
    );
    return toSafeInteger(row?.balance_minor ?? 0);
  }

  async sellerBalances(sellerId: string): Promise<SellerBalance[]> {
    const rows = await this.db.query<Record<'currency' | 'payable' | 'in_transit' | 'paid_out', string>>(
      `SELECT currency,
              coalesce(sum(balance_minor) FILTER (WHERE kind = 'payable'), 0) AS payable,
              coalesce(sum(balance_minor) FILTER (WHERE kind = 'in_transit'), 0) AS in_transit,
              coalesce(sum(balance_minor) FILTER (WHERE kind = 'paid_out'), 0) AS paid_out
         FROM ledger_accounts WHERE seller_id = $1 GROUP BY currency ORDER BY currency`,
      [sellerId],
    );
    return rows.map((row) => ({
      currency: row.currency,
      payableMinor: toSafeInteger(row.payable),
      inTransitMinor: toSafeInteger(row.in_transit),
      paidOutMinor: toSafeInteger(row.paid_out),
    }));
  }

  async listSellerEntries(sellerId: string, query: LedgerEntryQuery): Promise<Paginated<LedgerEntryRow>> {
    const conditions = new Conditions()
      .addIf(sellerId, 'a.seller_id = ?')
      .addIf(query.from, 'e.created_at >= ?')
      .addIf(query.to, 'e.created_at < ?');
    const page = await this.lists.read<EntryRow>(
      {
        scope: 'seller-ledger',
        select: ENTRY_COLUMNS,
        conditions,
        sort: { column: 'e.created_at', type: 'timestamptz', descending: true, idColumn: 'e.id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      query,
    );
    return page.map((row) => ({ ...row, amountMinor: toSafeInteger(row.amountMinor) }));
  }

  private async ensureAccounts(
    entries: readonly Pick<PostingEntry, 'account'>[],
    currency: string,
  ): Promise<void> {
    await this.db.query(
      `INSERT INTO ledger_accounts (id, kind, seller_id, currency, balance_minor)
       SELECT line.id, line.kind, line.seller_id, $1, CASE WHEN line.seller_id IS NULL THEN NULL ELSE 0 END
         FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS line (id, kind, seller_id)
        WHERE NOT EXISTS (
                SELECT 1 FROM ledger_accounts a
                 WHERE a.kind = line.kind AND a.seller_id IS NOT DISTINCT FROM line.seller_id AND a.currency = $1)
       ON CONFLICT ON CONSTRAINT ledger_accounts_owner_uq DO NOTHING`,
      [
        currency,
        entries.map(() => newId()),
        entries.map((entry) => entry.account.kind),
        entries.map((entry) => entry.account.sellerId),
      ],
    );
  }
}

const sortKeyOf = ({ kind, sellerId }: AccountRef): string => `${sellerId ?? ''}:${kind}`;
