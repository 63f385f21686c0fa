import { LedgerService } from '../../src/core/marketplace/ledger/index.js';
import { IS_GIVEN_BACK, type Invariant } from './invariants.js';
import type { Shop } from './shop.js';

/**
 * I12, on the provider's own books (08 3.6): every captured payment, succeeded refund, transfer and reversal is
 * one of ours with the same amount, and the other way round. This is the one that finds money paid twice.
 */
export const booksOfTheProviderAgree: Invariant = async (shop) => [
  ...differencesOf('payment', capturedByProvider(shop), await ownPayments(shop)),
  ...differencesOf('refund', refundedByProvider(shop), await ownRefunds(shop)),
  ...differencesOf('transfer', transferredByProvider(shop), await ownTransfers(shop)),
  ...differencesOf('reversal', reversedByProvider(shop), await ownReversals(shop)),
  ...(await balanceProblems(shop)),
];

/** Money by the name under which both sides know it; amounts in minor units. */
type Moved = [name: string, amountMinor: number][];

const capturedByProvider = ({ world }: Shop): Moved =>
  world.sandbox
    .books()
    .payments.filter((row) => row.amountReceivedMinor > 0)
    .map((row) => [row.id, row.amountReceivedMinor]);

const refundedByProvider = ({ world }: Shop): Moved =>
  world.sandbox
    .books()
    .refunds.filter((row) => row.status === 'succeeded')
    .map((row) => [row.id, row.amountMinor]);

/** By the name of our row, so that a second transfer for it shows. */
const transferredByProvider = ({ world }: Shop): Moved =>
  world.sandbox
    .books()
    .transfers.map((row) => [`${String(row.metadata['seller_transfer_id'])} as ${row.id}`, row.amountMinor]);

const reversedByProvider = ({ world }: Shop): Moved =>
  world.sandbox
    .books()
    .reversals.map((row) => [`${String(row.metadata['reversal_id'])} as ${row.id}`, row.amountMinor]);

async function moved({ world }: Shop, sql: string): Promise<Moved> {
  const rows = await world.test.sql<{ name: string; amount: string }>(sql);
  return rows.map(({ name, amount }) => [name, Number(amount)]);
}

const ownPayments = (shop: Shop): Promise<Moved> =>
  moved(
    shop,
    `SELECT psp_payment_id AS name, coalesce(unfulfilled_amount, total_amount) AS amount FROM orders
      WHERE psp_payment_id IS NOT NULL AND (completed_at IS NOT NULL OR unfulfilled_amount IS NOT NULL)`,
  );

const ownRefunds = (shop: Shop): Promise<Moved> =>
  moved(shop, `SELECT r.psp_refund_id AS name, r.amount FROM refunds r WHERE ${IS_GIVEN_BACK}`);

const ownTransfers = (shop: Shop): Promise<Moved> =>
  moved(
    shop,
    `SELECT id || ' as ' || stripe_transfer_id AS name, amount FROM seller_transfers WHERE stripe_transfer_id IS NOT NULL`,
  );

const ownReversals = (shop: Shop): Promise<Moved> =>
  moved(
    shop,
    `SELECT id || ' as ' || stripe_reversal_id AS name, amount FROM transfer_reversals WHERE status = 'succeeded'`,
  );

function differencesOf(what: string, theirs: Moved, ours: Moved): string[] {
  const rest = new Map<string, number>();
  for (const [name, amountMinor] of theirs) rest.set(name, (rest.get(name) ?? 0) + amountMinor);
  for (const [name, amountMinor] of ours) rest.set(name, (rest.get(name) ?? 0) - amountMinor);
  return [...rest]
    .filter(([, amountMinor]) => amountMinor !== 0)
    .map(
      ([name, amountMinor]) =>
        `${what} ${name}: ${String(Math.abs(amountMinor))} ${amountMinor > 0 ? 'at the provider and not in our books' : 'in our books and not at the provider'}`,
    );
}

/** What the ledger says the providers hold is what they hold. */
async function balanceProblems({ world }: Shop): Promise<string[]> {
  const { totals, disputedMinor } = world.sandbox.books();
  const { accounts } = await world.test.app.get(LedgerService, { strict: false }).trialBalance();
  const balanceOf = (kind: string, currency: string): number =>
    accounts
      .filter((account) => account.kind === kind && account.currency === currency)
      .reduce((sum, account) => sum + account.balanceMinor, 0);
  return Object.entries(totals).flatMap(([currency, theirs]) => {
    const expected: Record<string, number> = {
      psp_clearing: theirs.refundedMinor + (disputedMinor[currency] ?? 0) - theirs.capturedMinor,
      paid_out: theirs.transferredMinor - theirs.reversedMinor,
      in_transit: 0,
    };
    return Object.entries(expected)
      .filter(([kind, amountMinor]) => balanceOf(kind, currency) !== amountMinor)
      .map(
        ([kind, amountMinor]) =>
          `${kind} is ${String(balanceOf(kind, currency))} ${currency}, the providers' books say ${String(amountMinor)}`,
      );
  });
}
