import { Injectable } from '@nestjs/common';
import { Paginated } from '../../common/pagination/index.js';
import { Database, toSafeInteger } from '../database/index.js';
import { CursorCodec, type CursorValue } from '../http/index.js';
import type { Conditions } from './conditions.js';

/** Which part of a list is asked for; a cursor wins over the page number. */
export interface ListPart {
  page: number;
  limit: number;
  cursor?: string;
}

/** A list as SQL. Columns and direction come from the code, never from the caller; values are parameters. */
export interface ListQuery<Row> {
  /** Names the list and its sort; a cursor of another one is refused. */
  scope: string;
  /** `SELECT ... FROM ... [JOIN ...]` without WHERE. */
  select: string;
  conditions: Conditions;
  /** Qualified sort column and its SQL type, then the qualified id column that makes the order total. */
  sort: {
    column: string;
    type: 'timestamptz' | 'bigint' | 'integer' | 'text';
    descending: boolean;
    idColumn: string;
  };
  /** The sort position of a row. */
  positionOf: (row: Row) => [CursorValue, string];
}

/** Reads one part of a list in one statement, by keyset or by page number with the total (09 C52). */
@Injectable()
export class ListReader {
  constructor(
    private readonly db: Database,
    private readonly cursors: CursorCodec,
  ) {}

  /** @throws DomainError 400 `INVALID_CURSOR` for a cursor that is not of this list */
  async read<Row>(query: ListQuery<Row>, part: ListPart): Promise<Paginated<Row>> {
    return part.cursor === undefined ? this.readPage(query, part) : this.readAfter(query, part, part.cursor);
  }

  private async readAfter<Row>(
    query: ListQuery<Row>,
    { limit }: ListPart,
    cursor: string,
  ): Promise<Paginated<Row>> {
    const position = this.cursors.decode(query.scope, cursor);
    const { column, type, descending, idColumn } = query.sort;
    const at = query.conditions.parameters.length;
    const after = `(${column}, ${idColumn}) ${descending ? '<' : '>'} ($${String(at + 1)}::${type}, $${String(at + 2)}::uuid)`;
    const rows = await this.db.query<Row>(
      `${query.select} ${whereOf([...query.conditions.where, after])} ${orderOf(query)} LIMIT $${String(at + 3)}`,
      [...query.conditions.parameters, ...position, limit + 1],
    );
    return Paginated.ofCursor(rows.slice(0, limit), {
      limit,
      nextCursor: this.nextCursor(query, rows, limit),
    });
  }

  private async readPage<Row>(query: ListQuery<Row>, { page, limit }: ListPart): Promise<Paginated<Row>> {
    const { where, parameters } = query.conditions;
    const total = `(SELECT count(*) FROM (${query.select} ${whereOf(where)}) AS counted)`;
    const rows = await this.db.query<Row & { list_total: string }>(
      `${query.select.replace(/^\s*SELECT\s/, `SELECT ${total} AS list_total, `)} ${whereOf(where)} ${orderOf(query)}
       LIMIT $${String(parameters.length + 1)} OFFSET $${String(parameters.length + 2)}`,
      [...parameters, limit + 1, (page - 1) * limit],
    );
    return Paginated.ofPage<Row>(rows.slice(0, limit), {
      page,
      limit,
      total: await this.totalOf(query, rows[0], page),
      nextCursor: this.nextCursor(query, rows, limit),
    });
  }

  /** A page beyond the end has no row that could carry the total. */
  private async totalOf<Row>(
    { select, conditions }: ListQuery<Row>,
    first: { list_total: string } | undefined,
    page: number,
  ): Promise<number> {
    if (first !== undefined) return toSafeInteger(first.list_total);
    if (page === 1) return 0;
    const [counted] = await this.db.query<{ total: string }>(
      `SELECT count(*) AS total FROM (${select} ${whereOf(conditions.where)}) AS counted`,
      conditions.parameters,
    );
    return toSafeInteger(counted?.total ?? 0);
  }

  private nextCursor<Row>(query: ListQuery<Row>, rows: Row[], limit: number): string | null {
    const last = rows[limit - 1];
    return rows.length > limit && last !== undefined
      ? this.cursors.encode(query.scope, query.positionOf(last))
      : null;
  }
}

const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

function orderOf({ sort }: Pick<ListQuery<unknown>, 'sort'>): string {
  const direction = sort.descending ? 'DESC' : 'ASC';
  return `ORDER BY ${sort.column} ${direction}, ${sort.idColumn} ${direction}`;
}
