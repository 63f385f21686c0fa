import { invalidInteger, noSuch } from './stripe-errors.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export interface StripeList {
  object: 'list';
  data: unknown[];
  has_more: boolean;
  url: string;
}

interface ListedRow {
  id: string;
  createdAt: string;
}

/** One page of Stripe's cursor lists; `rows` are in order of creation, the page has the newest first. */
export function pageOf<Row extends ListedRow>(
  rows: Row[],
  query: URLSearchParams,
  url: string,
  view: (row: Row) => unknown,
): StripeList {
  const limit = limitOf(query.get('limit'));
  const newestFirst = rows.filter((row) => isCreatedWithin(row, query)).reverse();
  const after = query.get('starting_after');
  const before = query.get('ending_before');
  const start = after === null ? 0 : indexOf(newestFirst, after, 'starting_after') + 1;
  const end = before === null ? newestFirst.length : indexOf(newestFirst, before, 'ending_before');
  const window = newestFirst.slice(start, end);
  const page = before === null ? window.slice(0, limit) : window.slice(-limit);
  return { object: 'list', data: page.map(view), has_more: window.length > page.length, url };
}

export const secondsOf = (at: string): number => Math.floor(Date.parse(at) / 1000);

function limitOf(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw invalidInteger('limit');
  return limit;
}

function indexOf(rows: ListedRow[], id: string, param: string): number {
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) throw noSuch('object', id, param, 400);
  return index;
}

function isCreatedWithin(row: ListedRow, query: URLSearchParams): boolean {
  const created = secondsOf(row.createdAt);
  const isAt = (name: string, holds: (bound: number) => boolean): boolean => {
    const bound = query.get(name);
    return bound === null || holds(Number(bound));
  };
  return (
    isAt('created', (bound) => created === bound) &&
    isAt('created[gt]', (bound) => created > bound) &&
    isAt('created[gte]', (bound) => created >= bound) &&
    isAt('created[lt]', (bound) => created < bound) &&
    isAt('created[lte]', (bound) => created <= bound)
  );
}
