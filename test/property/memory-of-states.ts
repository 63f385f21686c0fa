import type { Shop } from './shop.js';

/** Moments that never change once they are set, by table. */
const TERMINAL_MOMENTS: Readonly<Record<string, readonly string[]>> = {
  orders: ['completed_at'],
  refunds: ['succeeded_at', 'failed_at', 'contradicted_at'],
  seller_transfers: ['completed_at', 'reversed_at'],
  transfer_reversals: ['succeeded_at'],
  disputes: ['opened_at', 'closed_at', 'contradicted_at'],
};

/** I8: notes the terminal moments whenever it is asked, and finds those that changed since. */
export class TerminalMoments {
  private readonly seen = new Map<string, string>();

  constructor(private readonly shop: Shop) {}

  /** @returns a sentence for each moment that is not what it was */
  async note(): Promise<string[]> {
    const problems: string[] = [];
    for (const [table, columns] of Object.entries(TERMINAL_MOMENTS)) {
      for (const row of await this.shop.world.test.sql<Record<string, Date | string | null>>(
        `SELECT id, ${columns.join(', ')} FROM ${table}`,
      )) {
        for (const column of columns)
          problems.push(...this.compare(`${table} ${String(row['id'])} ${column}`, row[column] ?? null));
      }
    }
    return problems;
  }

  private compare(name: string, moment: Date | string | null): string[] {
    const before = this.seen.get(name);
    const now = moment === null ? undefined : new Date(moment).toISOString();
    if (now !== undefined) this.seen.set(name, now);
    return before === undefined || before === now ? [] : [`${name} was ${before} and is ${String(now)}`];
  }
}

const STATES = [
  `SELECT 'order ' || id, status || ' ' || refunded_amount FROM orders`,
  `SELECT 'refund ' || psp_refund_id, status || ' ' || amount || ' ' || (contradicted_at IS NOT NULL) FROM refunds`,
  `SELECT 'dispute ' || psp_dispute_id, status || ' ' || (contradicted_at IS NOT NULL) FROM disputes`,
  `SELECT 'licence ' || id, status FROM licenses`,
  `SELECT 'transfer ' || id, status || ' ' || coalesce(amount, 0) || ' ' || withheld || ' ' || amount_reversed
      || ' ' || coalesce(stripe_transfer_id, '') FROM seller_transfers`,
  `SELECT 'reversal ' || id, status || ' ' || amount || ' ' || coalesce(stripe_reversal_id, '') FROM transfer_reversals`,
  `SELECT 'account ' || a.kind || ' ' || coalesce(a.seller_id::text, ''), coalesce(sum(e.amount_minor), 0)::text
     FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id GROUP BY a.id`,
  `SELECT 'bookings', count(*)::text FROM ledger_transactions`,
  `SELECT 'exception ' || kind || ' ' || coalesce(order_id::text, '') || ' ' || coalesce(refund_id::text, ''),
      'raised' FROM payment_exceptions GROUP BY 1`,
];

/** All that counts of the application's state, by name: what I10 compares. */
export async function stateOf({ world }: Shop): Promise<Map<string, string>> {
  const state = new Map<string, string>();
  for (const sql of STATES) {
    for (const { name, state: value } of await world.test.sql<{ name: string; state: string }>(
      `SELECT * FROM (${sql}) AS one (name, state)`,
    )) {
      state.set(name, value);
    }
  }
  const { totals } = world.sandbox.books();
  for (const [currency, sums] of Object.entries(totals))
    state.set(`provider ${currency}`, JSON.stringify(sums));
  return state;
}

/** I10: what differs between two states. */
export function differencesBetween(before: Map<string, string>, after: Map<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} was "${String(before.get(name))}" and is "${String(after.get(name))}"`);
}
