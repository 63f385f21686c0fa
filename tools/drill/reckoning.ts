import type { BooksView } from '../psp-sandbox/index.js';
import type { DrillWorld } from './drill-world.js';
import {
  BROKEN_INVARIANTS,
  IN_TRANSIT,
  LEDGER_BALANCES,
  OWN_MONEY,
  TERMINAL_TIMES,
} from './reckoning-queries.js';
import type { KnownOrder } from './operations.js';

/** What a comparison of our books with the providers' found. */
export interface Reckoning {
  /** Sum of all absolute differences, in minor units. */
  centsLost: number;
  /** Second effects at the provider, or here, of one thing that was asked for once. */
  duplicates: number;
  /** One sentence per difference, duplicate and broken invariant. */
  problems: string[];
}

interface Amount {
  id: string;
  minor: number;
}

interface OwnMoney {
  captured: Amount[];
  refunded: Amount[];
  transferred: Amount[];
  reversed: Amount[];
}

/** Compares the database with the sandbox's own books, row by row, and asks for the invariants of 08 3.6. */
export class Reckoner {
  private terminalTimes = new Map<string, string>();

  constructor(private readonly world: DrillWorld) {}

  /** @param orders what buyers were told that they have ordered */
  async reckon(orders: readonly KnownOrder[]): Promise<Reckoning> {
    const found: Reckoning = { centsLost: 0, duplicates: 0, problems: [] };
    const books = this.world.sandbox.books();
    await this.compareMoney(found, books);
    await this.compareLedger(found, books);
    countDuplicates(found, books);
    await this.comparePromises(found, orders);
    await this.findBrokenInvariants(found);
    await this.compareTerminalTimes(found);
    return found;
  }

  private async compareMoney(found: Reckoning, books: BooksView): Promise<void> {
    const [own] = await this.world.postgres.rows<OwnMoney>(OWN_MONEY);
    if (!own) throw new Error('The database says nothing of its money');
    const payments = books.payments.map((row) => ({ id: row.id, minor: row.amountReceivedMinor }));
    const refunds = books.refunds.filter(({ status }) => status === 'succeeded').map(amountOf);
    compare(found, 'captured', own.captured, payments);
    compare(found, 'refunded', own.refunded, refunds);
    compare(found, 'transferred', own.transferred, books.transfers.map(amountOf));
    compare(found, 'reversed', own.reversed, books.reversals.map(amountOf));
  }

  /** The ledger against the providers' totals, and what may not be left over. */
  private async compareLedger(found: Reckoning, { totals, disputedMinor }: BooksView): Promise<void> {
    const theirs = totals['EUR'];
    if (!theirs) return;
    const rows = await this.world.postgres.rows<{ kind: string; balance: number }>(LEDGER_BALANCES);
    const balanceOf = (kind: string): number => rows.find((row) => row.kind === kind)?.balance ?? 0;
    const [way] = await this.world.postgres.rows<{ minor: number }>(IN_TRANSIT);
    const held = theirs.capturedMinor - theirs.refundedMinor - (disputedMinor['EUR'] ?? 0);
    const expected = [
      ['psp_clearing', -held],
      ['paid_out', theirs.transferredMinor - theirs.reversedMinor],
      ['in_transit', way?.minor ?? 0],
    ] as const;
    for (const [kind, minor] of expected) {
      if (balanceOf(kind) !== minor) differ(found, `The ledger account ${kind}`, balanceOf(kind), minor);
    }
  }

  /** What a client was answered is in the database, and nothing beside it (07 7.9.15). */
  private async comparePromises(found: Reckoning, orders: readonly KnownOrder[]): Promise<void> {
    const stored = await this.world.postgres.rows<{ id: string; total: number; asked: number }>(
      `SELECT o.id, o.total_amount::float8 AS total, count(r.id) FILTER (WHERE r.origin = 'request')::int AS asked
         FROM orders o LEFT JOIN refunds r ON r.order_id = o.id GROUP BY o.id`,
    );
    const byId = new Map(stored.map((row) => [row.id, row]));
    for (const order of orders) {
      const row = byId.get(order.id);
      byId.delete(order.id);
      if (row?.total !== order.totalMinor)
        differ(found, `The order ${order.id} that its buyer was promised`, row?.total ?? 0, order.totalMinor);
      if (row && row.asked > order.refundsAsked)
        duplicate(found, `The order ${order.id} has refunds that nobody asked for`);
    }
    for (const id of byId.keys())
      duplicate(found, `The order ${id} was opened beside the one that was asked for`);
  }

  private async findBrokenInvariants(found: Reckoning): Promise<void> {
    for (const [name, query] of Object.entries(BROKEN_INVARIANTS)) {
      const rows = await this.world.postgres.rows<{ id: string; why?: string }>(query);
      for (const { id, why } of rows)
        found.problems.push(`${name}: ${id}${why === undefined ? '' : ` (${why})`}`);
    }
  }

  /** I8: what has ended keeps the time of its end, whatever is delivered later. */
  private async compareTerminalTimes(found: Reckoning): Promise<void> {
    const rows = await this.world.postgres.rows<{ id: string; at: string }>(TERMINAL_TIMES);
    const times = new Map(rows.map(({ id, at }) => [id, at]));
    for (const [id, at] of this.terminalTimes) {
      if (times.get(id) !== at)
        found.problems.push(`I8: ${id} ended at ${at} and now ${times.get(id) ?? 'never'}`);
    }
    this.terminalTimes = times;
  }
}

const amountOf = ({ id, amountMinor }: { id: string; amountMinor: number }): Amount => ({
  id,
  minor: amountMinor,
});

function compare(found: Reckoning, what: string, ours: readonly Amount[], theirs: readonly Amount[]): void {
  const own = new Map(ours.map(({ id, minor }) => [id, minor]));
  const other = new Map(theirs.map(({ id, minor }) => [id, minor]));
  for (const id of new Set([...own.keys(), ...other.keys()])) {
    const [here = 0, there = 0] = [own.get(id), other.get(id)];
    if (here !== there) differ(found, `${what} ${id}`, here, there);
  }
}

function differ(found: Reckoning, what: string, ours: number, theirs: number): void {
  found.centsLost += Math.abs(ours - theirs);
  found.problems.push(`${what}: ${String(ours)} here and ${String(theirs)} there`);
}

function duplicate(found: Reckoning, problem: string): void {
  found.duplicates += 1;
  found.problems.push(problem);
}

/** One payment per order, one transfer per seller's transfer, one reversal per reversal, by our own ids there. */
function countDuplicates(found: Reckoning, books: BooksView): void {
  const names = [
    ...books.payments.map(({ metadata }) => `order ${String(metadata?.['order_id'])}`),
    ...books.transfers.map(({ metadata }) => `transfer ${String(metadata['seller_transfer_id'])}`),
    ...books.reversals.map(({ metadata }) => `reversal ${String(metadata['reversal_id'])}`),
  ];
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) duplicate(found, `The provider carried out the ${name} twice`);
    seen.add(name);
  }
}
