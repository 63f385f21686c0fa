import { newId } from '../../../../src/common/ids/index.js';
import { MoneyGaugesRepository } from '../../../../src/core/marketplace/reconciliation/metrics/money-gauges.repository.js';
import { LedgerVerificationJob } from '../../../../src/core/marketplace/reconciliation/verification/ledger-verification.job.js';
import { waitFor } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

const HOUR_MS = 3_600_000;

describe('the metrics of money', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
  });
  afterEach(() => world.calm());
  afterAll(async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });

  const read = async (): Promise<Map<string, number>> => {
    const { text } = await world.test.http.get('/metrics').expect(200);
    return new Map(
      text
        .split('\n')
        .filter((line) => /^veza_(payments|refund|transfer|webhook|ledger)_/.test(line))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );
  };
  /** The reading is shared for two seconds; waits until it shows what is expected. */
  const shows = (name: string, expected: (value: number | undefined) => boolean): Promise<boolean> =>
    waitFor(async () => expected((await read()).get(name)), { what: name, intervalMs: 100 });
  const runVerification = (): Promise<Record<string, number>> =>
    world.test.app.get(LedgerVerificationJob, { strict: false }).run();

  it('tells what was captured, given back, and how orders stand', async () => {
    const order = await world.paidOrder([seller]);
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversed');
    await world.placeOrder(await world.buyer(), [await world.product(seller, 500)]);
    await shows('veza_payments_captured_minor{currency="EUR"}', (value) => value === 2500);
    const metrics = await read();
    expect(metrics.get('veza_payments_refunded_minor{currency="EUR"}')).toBe(2500);
    expect(metrics.get('veza_payments_orders{status="refunded"}')).toBe(1);
    expect(metrics.get('veza_payments_orders{status="pending"}')).toBe(1);
  });

  it('tells how long the oldest refund and the oldest payment have been waiting', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    world.test.clock.advance(3 * HOUR_MS);
    await shows('veza_refund_stuck_seconds', (value = 0) => value > 3 * 3600 && value < 3 * 3600 + 60);
    expect((await read()).get('veza_payments_oldest_pending_seconds')).toBeGreaterThan(3 * 3600);
    world.test.clock.reset();
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    await shows('veza_refund_stuck_seconds', (value) => value === 0);
  });

  it('counts transfers of which nobody knows, and calls without an answer', async () => {
    world.sandbox.orderFault({
      fault: 'drop_after_commit',
      times: 4,
      match: { method: 'POST', path: '^/v1/transfers$' },
    });
    await world.paidOrder([seller], { transfers: 'unknown' });
    await shows('veza_transfer_unknown', (value) => value === 1);
    world.sandbox.clearFaults();
    await world.test.sql('UPDATE seller_transfers SET next_retry_at = now() WHERE outcome_unknown');
    await world.runRetryJob();
    await shows('veza_transfer_unknown', (value) => value === 0);
  });

  it('counts deliveries that belong to nothing and those that are dead, and open cases by kind', async () => {
    await world.deliver({
      event_type: 'payment_succeeded',
      content: {
        type: 'payment_details',
        object: { payment_id: `pay_${newId()}`, status: 'succeeded', amount: 1, currency: 'EUR' },
      },
    });
    await world.deliver({ event_type: 'payment_succeeded' }, { signature: 'f'.repeat(128) });
    await shows('veza_webhook_unmatched', (value) => value === 1);
    const metrics = await read();
    expect(metrics.get('veza_webhook_dead')).toBe(0);
    expect(metrics.get('veza_payments_webhooks_total{provider="hyperswitch",result="rejected"}')).toBe(1);
    expect(
      metrics.get('veza_payments_webhooks_total{provider="hyperswitch",result="accepted"}'),
    ).toBeGreaterThan(1);
    expect(
      metrics.get(
        'veza_payments_provider_calls_total{provider="hyperswitch",operation="POST /payments",outcome="ok"}',
      ),
    ).toBeGreaterThan(1);
    expect(
      metrics.get(
        'veza_payments_provider_calls_total{provider="stripe",operation="POST /v1/transfers",outcome="ambiguous"}',
      ),
    ).toBeGreaterThan(0);
  });

  it('tells an imbalance once the hourly verification has found it, and puts it on the exceptions list', async () => {
    expect(await runVerification()).toMatchObject({ problems: 0 });
    await shows('veza_ledger_imbalance', (value) => value === 0);
    const drift =
      'UPDATE ledger_accounts SET balance_minor = balance_minor + $1 WHERE kind = $2 AND seller_id = $3';
    await world.test.sql(drift, [1, 'payable', seller.id]);
    expect(await runVerification()).toMatchObject({ problems: 1 });
    await runVerification();
    await shows('veza_ledger_imbalance', (value) => value === 1);
    expect((await read()).get('veza_payments_exceptions_open{kind="ledger_imbalance"}')).toBe(1);
    await world.test.sql(drift, [-1, 'payable', seller.id]);
    await runVerification();
    await shows('veza_ledger_imbalance', (value) => value === 0);
  });

  it('tells what a sweep found and how long ago it ran', async () => {
    await world.test.sql(
      `INSERT INTO job_runs (id, job_id, trigger, status, scheduled_at, counts, finished_at)
       VALUES ($1, 'refund-sweep', 'manual', 'succeeded', now(), '{"asked": 4}', now() - interval '1 minute')`,
      [newId()],
    );
    await shows('veza_payments_sweep_findings{sweep="refund-sweep",finding="asked"}', (value) => value === 4);
    const age = (await read()).get('veza_payments_sweep_age_seconds{sweep="refund-sweep"}');
    expect(age).toBeGreaterThan(59);
    expect(age).toBeLessThan(120);
  });

  it('reads no more of the book and of the orders than the last day and what is open', async () => {
    const { statement } = world.test.app.get<unknown, { statement: string }>(MoneyGaugesRepository, {
      strict: false,
    });
    await world.test.sql('SET enable_seqscan = off');
    const plan = (
      await world.test.sql<Record<string, string>>(
        `EXPLAIN ${statement.replaceAll('$1', 'now()').replaceAll('$2', `'{refund-sweep}'`)}`,
      )
    ).map((row) => String(row['QUERY PLAN']));
    await world.test.sql('SET enable_seqscan = on');
    const scansOf = (table: string): string[] => plan.filter((line) => line.includes(`Seq Scan on ${table}`));
    expect([...scansOf('orders'), ...scansOf('ledger_entries'), ...scansOf('refunds')]).toEqual([]);
    expect(plan.join('\n')).toContain('orders_payment_checks_idx');
    const byAccount = plan.filter((line) => line.includes('account_id = a.id'));
    expect(byAccount.length).toBeGreaterThan(0);
    expect(byAccount.filter((line) => !line.includes('created_at > '))).toEqual([]);
  });
});
