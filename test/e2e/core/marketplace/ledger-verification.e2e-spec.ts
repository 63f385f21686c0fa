import { newId } from '../../../../src/common/ids/index.js';
import { LedgerVerificationJob } from '../../../../src/core/marketplace/reconciliation/verification/ledger-verification.job.js';
import { api, type Actor, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface Verdict {
  balanced: boolean;
  problem_count: number;
  problems: string[];
  checks: { name: string; problem_count: number; problems: string[] }[];
  accounts: { kind: string; currency: string; balance: number }[];
}

/** A lie in the books, written past every guard, and how it is taken back. */
interface PlantedFault {
  what: string;
  /** The check that finds it, and what it says. */
  check: string;
  says: (history: History) => RegExp;
  plant: (history: History) => string[];
  undo: (history: History) => string[];
}

/** Everything that the book knows happened before: a sale that stands and one that was given back. */
interface History {
  kept: PaidOrder;
  back: PaidOrder;
  /** Nobody paid it. */
  unpaid: PaidOrder;
  seller: Seller;
  transferId: string;
  reversalId: string;
  refundId: string;
  disputeId: string;
}

const entriesOf = (dedupeKey: string): string =>
  `transaction_id = (SELECT id FROM ledger_transactions WHERE dedupe_key = '${dedupeKey}')`;

/** Moves 7 from one line of a transaction to another: it still sums to zero. */
const shift = (dedupeKey: string, from: string, to: string, amount: number): string[] =>
  [
    [from, -amount],
    [to, amount],
  ].map(
    ([kind, by]) => `UPDATE ledger_entries SET amount_minor = amount_minor + (${String(by)})
      WHERE ${entriesOf(dedupeKey)} AND account_id IN (SELECT id FROM ledger_accounts WHERE kind = '${String(kind)}')`,
  );

/** Hides a transaction, or brings it back: the business rows stay. */
const rename = (from: string, to: string): string[] => [
  `UPDATE ledger_transactions SET kind = '${to}' WHERE dedupe_key = '${from}'`,
];

const FAULTS: PlantedFault[] = [
  {
    what: 'a line that was changed',
    check: 'transactions_sum_to_zero',
    says: ({ kept }) => new RegExp(`^sale:${kept.id} sums to 3$`),
    plant: ({ kept }) => [
      `UPDATE ledger_entries SET amount_minor = amount_minor + 3
        WHERE ${entriesOf(`sale:${kept.id}`)} AND amount_minor < 0`,
    ],
    undo: ({ kept }) => [
      `UPDATE ledger_entries SET amount_minor = amount_minor - 3
        WHERE ${entriesOf(`sale:${kept.id}`)} AND amount_minor < 0`,
    ],
  },
  {
    what: 'a sale whose shares were shifted',
    check: 'sales_are_booked',
    says: ({ kept }) =>
      new RegExp(`^order ${kept.id}: platform_fee should have 250 EUR, the ledger has 257$`),
    plant: ({ kept }) => shift(`sale:${kept.id}`, 'payable', 'platform_fee', 7),
    undo: ({ kept }) => shift(`sale:${kept.id}`, 'platform_fee', 'payable', 7),
  },
  {
    what: 'a sale that was not booked',
    check: 'sales_are_booked',
    says: ({ kept }) =>
      new RegExp(`^order ${kept.id}: psp_clearing should have -2500 EUR, the ledger has 0$`),
    plant: ({ kept }) => rename(`sale:${kept.id}`, 'psp_fee_charged'),
    undo: ({ kept }) => rename(`sale:${kept.id}`, 'order_completed'),
  },
  {
    what: 'a sale without its order',
    check: 'sales_are_booked',
    says: ({ kept }) =>
      new RegExp(`^order ${kept.id}: payable of \\S+ should have 0 EUR, the ledger has 2250$`),
    plant: ({ kept }) => [
      `UPDATE orders SET status = 'expired', completed_at = NULL WHERE id = '${kept.id}'`,
    ],
    undo: ({ kept }) => [
      `UPDATE orders SET status = 'completed', completed_at = now() WHERE id = '${kept.id}'`,
    ],
  },
  {
    what: 'a transfer that paid out more than was booked',
    check: 'transfers_are_booked',
    says: ({ transferId }) =>
      new RegExp(`^transfer ${transferId}: paid_out of \\S+ should have 2251 EUR, the ledger has 2250$`),
    plant: ({ transferId }) => [
      `UPDATE seller_transfers SET amount = amount + 1, net_amount = net_amount + 1 WHERE id = '${transferId}'`,
    ],
    undo: ({ transferId }) => [
      `UPDATE seller_transfers SET amount = amount - 1, net_amount = net_amount - 1 WHERE id = '${transferId}'`,
    ],
  },
  {
    what: 'a transfer that the ledger still has in transit',
    check: 'transfers_are_booked',
    says: ({ transferId }) =>
      new RegExp(`^transfer ${transferId}: in_transit of \\S+ should have 0 EUR, the ledger has 2250$`),
    plant: ({ transferId }) => rename(`transfer:${transferId}`, 'psp_fee_charged'),
    undo: ({ transferId }) => rename(`transfer:${transferId}`, 'transfer_completed'),
  },
  {
    what: 'a refund that was booked to the wrong account',
    check: 'refunds_are_booked',
    says: ({ refundId }) =>
      new RegExp(`^refund ${refundId}: platform_fee should have -250 EUR, the ledger has -243$`),
    plant: ({ refundId }) => shift(`refund:${refundId}`, 'payable', 'platform_fee', 7),
    undo: ({ refundId }) => shift(`refund:${refundId}`, 'platform_fee', 'payable', 7),
  },
  {
    what: 'a refund that was not booked',
    check: 'refunds_are_booked',
    says: ({ refundId }) =>
      new RegExp(`^refund ${refundId}: psp_clearing should have 2500 EUR, the ledger has 0$`),
    plant: ({ refundId }) => rename(`refund:${refundId}`, 'psp_fee_charged'),
    undo: ({ refundId }) => rename(`refund:${refundId}`, 'refund_succeeded'),
  },
  {
    what: 'a refund that was booked and did not succeed',
    check: 'refunds_are_booked',
    says: ({ refundId }) =>
      new RegExp(`^refund ${refundId}: psp_clearing should have 0 EUR, the ledger has 2500$`),
    plant: ({ refundId }) => [
      `UPDATE refunds SET status = 'failed', failed_at = now(), succeeded_at = NULL WHERE id = '${refundId}'`,
    ],
    undo: ({ refundId }) => [
      `UPDATE refunds SET status = 'succeeded', succeeded_at = now(), failed_at = NULL WHERE id = '${refundId}'`,
    ],
  },
  {
    what: 'a contradiction that was not booked',
    check: 'contradicted_refunds_are_booked',
    says: ({ refundId }) =>
      new RegExp(`^contradicted refund ${refundId}: psp_clearing should have -2500 EUR, the ledger has 0$`),
    plant: ({ refundId }) => [`UPDATE refunds SET contradicted_at = now() WHERE id = '${refundId}'`],
    undo: ({ refundId }) => [`UPDATE refunds SET contradicted_at = NULL WHERE id = '${refundId}'`],
  },
  {
    what: 'an order that says less was given back',
    check: 'orders_know_what_was_given_back',
    says: ({ back }) => new RegExp(`^order ${back.id}: 2499 was given back, the ledger says 2500$`),
    plant: ({ back }) => [`UPDATE orders SET refunded_amount = refunded_amount - 1 WHERE id = '${back.id}'`],
    undo: ({ back }) => [`UPDATE orders SET refunded_amount = refunded_amount + 1 WHERE id = '${back.id}'`],
  },
  {
    what: 'money that bought nothing and was not booked',
    check: 'unfulfilled_payments_are_booked',
    says: () => /^order \S+: buyer_refunds should have 700 EUR, the ledger has 0$/,
    plant: ({ unpaid }) => [
      `UPDATE orders SET unfulfilled_amount = 700, unfulfilled_currency = 'EUR' WHERE id = '${unpaid.id}'`,
    ],
    undo: ({ unpaid }) => [
      `UPDATE orders SET unfulfilled_amount = NULL, unfulfilled_currency = NULL WHERE id = '${unpaid.id}'`,
    ],
  },
  {
    what: 'a dispute that was booked and is not there',
    check: 'disputes_are_booked',
    says: ({ disputeId }) =>
      new RegExp(`^dispute ${disputeId}: psp_clearing should have 0 EUR, the ledger has 900$`),
    plant: ({ disputeId }) => [`UPDATE disputes SET status = 'won' WHERE id = '${disputeId}'`],
    undo: ({ disputeId }) => [`UPDATE disputes SET status = 'lost' WHERE id = '${disputeId}'`],
  },
  {
    what: 'a lost dispute that took another part from its seller',
    check: 'disputes_are_booked',
    says: ({ disputeId }) =>
      new RegExp(`^dispute ${disputeId}: payable of \\S+ should have -800 EUR, the ledger has -810$`),
    plant: ({ disputeId }) => [
      `UPDATE dispute_items SET net = net - 10, fee = fee + 10 WHERE dispute_id = '${disputeId}'`,
    ],
    undo: ({ disputeId }) => [
      `UPDATE dispute_items SET net = net + 10, fee = fee - 10 WHERE dispute_id = '${disputeId}'`,
    ],
  },
  {
    what: 'a reversal without the provider',
    check: 'reversals_are_booked',
    says: ({ reversalId }) =>
      new RegExp(`^reversal ${reversalId}: payable of \\S+ should have 0 EUR, the ledger has 2250$`),
    plant: ({ reversalId }) => [
      `UPDATE transfer_reversals SET status = 'pending' WHERE id = '${reversalId}'`,
    ],
    undo: ({ reversalId }) => [
      `UPDATE transfer_reversals SET status = 'succeeded' WHERE id = '${reversalId}'`,
    ],
  },
  {
    what: 'a transfer that says more came back than its reversals',
    check: 'reversals_add_up',
    says: () => /^transfer \S+: 2249 EUR came back, its reversals sum to 2250$/,
    plant: ({ reversalId }) => [
      `UPDATE seller_transfers SET amount_reversed = amount_reversed - 1
        WHERE id = (SELECT transfer_id FROM transfer_reversals WHERE id = '${reversalId}')`,
    ],
    undo: ({ reversalId }) => [
      `UPDATE seller_transfers SET amount_reversed = amount_reversed + 1
        WHERE id = (SELECT transfer_id FROM transfer_reversals WHERE id = '${reversalId}')`,
    ],
  },
  {
    what: 'a balance that drifted from its entries',
    check: 'carried_balances',
    says: ({ seller }) => new RegExp(`^payable of ${seller.id} carries 5 EUR, its entries sum to 0$`),
    plant: ({ seller }) => [
      `UPDATE ledger_accounts SET balance_minor = balance_minor + 5 WHERE seller_id = '${seller.id}' AND kind = 'payable'`,
    ],
    undo: ({ seller }) => [
      `UPDATE ledger_accounts SET balance_minor = balance_minor - 5 WHERE seller_id = '${seller.id}' AND kind = 'payable'`,
    ],
  },
  {
    what: 'a guard that was switched off',
    check: 'database_guards',
    says: () => /^the trigger ledger_entries_zero_sum on ledger_entries is switched off$/,
    plant: () => ['ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_zero_sum'],
    undo: () => ['ALTER TABLE ledger_entries ENABLE TRIGGER ledger_entries_zero_sum'],
  },
  {
    what: 'an append-only guard that is gone',
    check: 'database_guards',
    says: () => /^the trigger ledger_transactions_append_only on ledger_transactions is gone$/,
    plant: () => ['DROP TRIGGER ledger_transactions_append_only ON ledger_transactions'],
    undo: () => [
      `CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()`,
    ],
  },
];

describe('GET /admin/ledger/verify', () => {
  let world: MoneyWorld;
  let admin: Actor;
  let history: History;

  beforeAll(async () => {
    world = await MoneyWorld.create({ DB_STATEMENT_TIMEOUT: '2s' });
    admin = await world.admin();
    const seller = await world.seller();
    const kept = await world.paidOrder([seller]);
    const back = await world.paidOrder([seller]);
    const refund = await world.refunded(back);
    await world.transfersAre(back.id, 'reversed');
    const disputed = await world.paidOrder([seller], { priceMinor: 900 });
    const dispute = world.sandbox.disputeOpened(disputed.paymentId);
    await world.quiet();
    world.sandbox.disputeLost(dispute.id);
    await world.transfersAre(disputed.id, 'reversed');
    const [row] = await world.test.sql<{ id: string }>('SELECT id FROM disputes');
    history = {
      disputeId: row!.id,
      kept,
      back,
      unpaid: await world.placeOrder(await world.buyer(), [await world.product(seller, 700)]),
      seller,
      transferId: (await world.transfer(kept.id)).id,
      reversalId: (await world.reversals(back.id))[0]!.id,
      refundId: refund.id,
    };
  });
  afterAll(async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });

  const verify = async (): Promise<Verdict> => {
    const { body } = await world.test.http.get(api('/admin/ledger/verify')).set(admin.auth).expect(200);
    return body.data as Verdict;
  };
  const asSuperuser = async (statements: string[]): Promise<void> => {
    await world.test.sql('SET session_replication_role = replica');
    for (const statement of statements) await world.test.sql(statement);
    await world.test.sql('SET session_replication_role = origin');
  };

  it('finds nothing wrong after a sale, a transfer, a refund and a reversal', async () => {
    const verdict = await verify();
    expect(verdict).toMatchObject({ balanced: true, problem_count: 0, problems: [] });
    expect(verdict.accounts.reduce((sum, one) => sum + one.balance, 0)).toBe(0);
    expect(verdict.accounts).toContainEqual({ kind: 'paid_out', currency: 'EUR', balance: 2250 });
  });

  it.each(FAULTS)('names $what', async ({ check, says, plant, undo }) => {
    await asSuperuser(plant(history));
    const verdict = await verify();
    await asSuperuser(undo(history));
    expect(verdict.balanced).toBe(false);
    expect(verdict.problem_count).toBeGreaterThan(0);
    const found = verdict.checks.find(({ name }) => name === check);
    expect(found?.problems.filter((problem) => says(history).test(problem))).toHaveLength(1);
    expect((await verify()).problems).toEqual([]);
  });

  it('counts every problem and names the first twenty', async () => {
    const seller = newId();
    await asSuperuser([
      `INSERT INTO ledger_accounts (id, kind, seller_id, currency, balance_minor)
       SELECT gen_random_uuid(), 'payable', gen_random_uuid(), 'EUR', 1 FROM generate_series(1, 45)`,
    ]);
    const verdict = await verify();
    await asSuperuser([`DELETE FROM ledger_accounts WHERE balance_minor = 1 AND seller_id <> '${seller}'`]);
    const found = verdict.checks.find(({ name }) => name === 'carried_balances');
    expect([found?.problem_count, found?.problems.length]).toEqual([45, 20]);
    expect(verdict.problem_count).toBe(45);
  });

  it('says what to do when the book is too large for one answer; the hourly job has more time', async () => {
    await world.test.sql('BEGIN');
    await world.test.sql('LOCK TABLE ledger_entries IN ACCESS EXCLUSIVE MODE');
    const { body } = await world.test.http.get(api('/admin/ledger/verify')).set(admin.auth).expect(503);
    expect(body.error.code).toBe('LEDGER_VERIFICATION_TOO_LONG');
    expect(body.error.message).toContain('/admin/jobs/ledger-verification/run');
    const run = world.test.app.get(LedgerVerificationJob, { strict: false }).run();
    await waitFor(
      async () => {
        const waiting = await world.test.sql(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
              AND clock_timestamp() - query_start > interval '2500 milliseconds'`,
        );
        return waiting.length > 0;
      },
      { what: 'a check that waits for longer than DB_STATEMENT_TIMEOUT' },
    );
    await world.test.sql('ROLLBACK');
    expect(await run).toMatchObject({ problems: 0 });
  });

  it('is for administrators only', async () => {
    const anonymous = await world.test.http.get(api('/admin/ledger/verify')).expect(401);
    expect(anonymous.body.error.code).toBe('AUTH_TOKEN_INVALID');
    const { body } = await world.test.http
      .get(api('/admin/ledger/verify'))
      .set(history.seller.auth)
      .expect(403);
    expect(body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
  });
});
