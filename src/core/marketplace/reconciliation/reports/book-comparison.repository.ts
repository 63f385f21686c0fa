import { Injectable } from '@nestjs/common';
import { Database, toSafeInteger } from '../../../../infrastructure/database/index.js';
import { KIND_OF_DIFFERENCE, pairsOf, REVERSED_LATER, unlistedOf } from './compared-books.sql.js';
import {
  type BookedItem,
  type ObjectType,
  type ReportedDifference,
  type ReportedTotal,
  type ReportWindow,
} from './report.types.js';

/** So many differences of a report are kept in rows; all are counted. */
const KEPT = 10_000;

type DifferenceRow = Omit<ReportedDifference, 'ourMinor' | 'theirMinor'> &
  Record<'our_amount' | 'their_amount', string | null>;

/** The providers' lists beside our rows, compared by the database: no side has to fit into memory. */
@Injectable()
export class BookComparisonRepository {
  constructor(private readonly db: Database) {}

  /** Forgets what an earlier attempt had read or found. */
  async clear(reportId: string): Promise<void> {
    await this.db.query('DELETE FROM reconciliation_items WHERE report_id = $1', [reportId]);
    await this.db.query('DELETE FROM reconciliation_differences WHERE report_id = $1', [reportId]);
  }

  /** Keeps a page; what is listed twice counts once, as it was listed last. */
  async addItems(reportId: string, type: ObjectType, items: readonly BookedItem[]): Promise<void> {
    const unique = [...new Map(items.map((item) => [item.objectId, item])).values()];
    await this.db.query(
      `INSERT INTO reconciliation_items (report_id, object_type, object_id, amount, reversed, currency, state)
       SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
       ON CONFLICT ON CONSTRAINT reconciliation_items_pk DO UPDATE
         SET amount = EXCLUDED.amount, reversed = EXCLUDED.reversed, currency = EXCLUDED.currency, state = EXCLUDED.state`,
      [
        reportId,
        type,
        unique.map(({ objectId }) => objectId),
        unique.map(({ amountMinor }) => amountMinor),
        unique.map(({ reversedMinor }) => reversedMinor),
        unique.map(({ currency }) => currency),
        unique.map(({ state }) => state),
      ],
    );
  }

  /** The provider's ids of what we settled in the window and it did not list, at most `limit`. */
  async findUnlisted(
    reportId: string,
    type: ObjectType,
    { from, to }: ReportWindow,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.db.query<{ object_id: string }>(
      `SELECT object_id FROM (${unlistedOf(type)}) AS unlisted ORDER BY object_id LIMIT $4`,
      [reportId, from, to, limit],
    );
    return rows.map((row) => row.object_id);
  }

  /** The provider's ids of older transfers of which a part came back in the window, at most `limit`. */
  async findReversedLater(reportId: string, { from, to }: ReportWindow, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ object_id: string }>(
      `SELECT object_id FROM (${REVERSED_LATER}) AS reversed ORDER BY object_id LIMIT $4`,
      [reportId, from, to, limit],
    );
    return rows.map((row) => row.object_id);
  }

  /** Writes the differences of some kinds of things down. @returns how many there are */
  async compare(reportId: string, types: readonly ObjectType[], { from, to }: ReportWindow): Promise<number> {
    let count = 0;
    for (const type of types) {
      const [row] = await this.db.query<{ count: string }>(
        `WITH found AS (
           SELECT pairs.*, ${KIND_OF_DIFFERENCE} AS kind FROM (${pairsOf(type)}) AS pairs),
         kept AS (
           INSERT INTO reconciliation_differences
             (id, report_id, kind, object_type, object_id, our_id, our_amount, our_currency, our_state,
              their_amount, their_currency, their_state)
           SELECT gen_random_uuid(), $1, kind, object_type, object_id, our_id, our_amount, our_currency,
                  ${stateText('our')}, their_amount, their_currency, ${stateText('their')}
             FROM found WHERE kind IS NOT NULL ORDER BY object_id LIMIT ${String(KEPT)})
         SELECT count(*) FROM found WHERE kind IS NOT NULL`,
        [reportId, from, to],
      );
      count += toSafeInteger(row?.count ?? 0);
    }
    return count;
  }

  /** What each side says was moved. */
  async totals(
    reportId: string,
    { from, to }: ReportWindow,
    types: readonly ObjectType[],
  ): Promise<ReportedTotal[]> {
    if (types.length === 0) return [];
    const pairs = types.map(pairsOf).join(' UNION ALL ');
    const rows = await this.db.query<{ type: ObjectType; currency: string; ours: string; theirs: string }>(
      `SELECT object_type AS type, currency, sum(ours) AS ours, sum(theirs) AS theirs FROM (
         SELECT object_type, our_currency AS currency, our_amount AS ours, 0 AS theirs
           FROM (${pairs}) AS pairs WHERE we_settled
         UNION ALL
         SELECT object_type, their_currency, 0, their_amount FROM (${pairs}) AS pairs WHERE they_settled) AS sides
       GROUP BY object_type, currency ORDER BY object_type, currency`,
      [reportId, from, to],
    );
    return rows.map(({ type, currency, ours, theirs }) => ({
      objectType: type,
      currency,
      ourMinor: toSafeInteger(ours),
      theirMinor: toSafeInteger(theirs),
    }));
  }

  /** The provider's lists have served. */
  async dropItems(reportId: string): Promise<void> {
    await this.db.query('DELETE FROM reconciliation_items WHERE report_id = $1', [reportId]);
  }

  /** The next differences of a report in the order of their ids. */
  async differencesAfter(
    reportId: string,
    after: string | null,
    limit: number,
  ): Promise<ReportedDifference[]> {
    const rows = await this.db.query<DifferenceRow>(
      `SELECT id, kind, object_type AS "objectType", object_id AS "objectId", our_id AS "ourId", our_amount,
              our_currency AS "ourCurrency", our_state AS "ourState", their_amount,
              their_currency AS "theirCurrency", their_state AS "theirState"
         FROM reconciliation_differences
        WHERE report_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [reportId, after, limit],
    );
    return rows.map(({ our_amount: ours, their_amount: theirs, ...row }) => ({
      ...row,
      ourMinor: ours === null ? null : toSafeInteger(ours),
      theirMinor: theirs === null ? null : toSafeInteger(theirs),
    }));
  }
}

/** The state in words, with what came back of a transfer. */
const stateText = (side: 'our' | 'their'): string =>
  `CASE WHEN ${side}_reversed > 0 THEN ${side}_state || ', reversed ' || ${side}_reversed ELSE ${side}_state END`;
