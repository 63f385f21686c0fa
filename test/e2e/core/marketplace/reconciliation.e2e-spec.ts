import { newId, newUlid } from '../../../../src/common/ids/index.js';
import { ReconciliationReportJob } from '../../../../src/core/marketplace/reconciliation/reports/jobs/reconciliation-report.job.js';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const REPORTS = api('/admin/reconciliation-reports');
const today = (): string => new Date().toISOString().slice(0, 10);

interface Report {
  id: string;
  day: string;
  status: string;
  attempt: number;
  difference_count: number;
  ledger_problem_count: number;
  totals: { object_type: string; currency: string; ours: number; theirs: number }[];
  providers: { name: string; was_asked: boolean; balances: object[] }[];
  error: string | null;
}

interface Difference {
  kind: string;
  object_type: string;
  object_id: string;
  our_id: string | null;
  our_amount: number | null;
  their_amount: number | null;
  our_state: string | null;
  their_state: string | null;
}

const download = async (world: MoneyWorld, admin: Actor, id: string): Promise<Difference[]> => {
  const { text } = await world.test.http
    .get(`${REPORTS}/${id}/download?format=json`)
    .set(admin.auth)
    .expect(200);
  return (JSON.parse(text) as { differences: Difference[] }).differences;
};

const make = async (world: MoneyWorld, admin: Actor, expected = 'completed'): Promise<Report> => {
  await world.quiet();
  const { body } = await world.test.http.post(REPORTS).set(admin.auth).send({ day: today() }).expect(202);
  const { id } = body.data as Report;
  return waitFor(
    async () => {
      const answer = await world.test.http.get(`${REPORTS}/${id}`).set(admin.auth).expect(200);
      const report = answer.body.data as Report;
      return report.status === expected ? report : null;
    },
    { what: `a report that is ${expected}`, timeoutMs: 30_000 },
  );
};

describe('the reconciliation report', () => {
  let world: MoneyWorld;
  let admin: Actor;
  let seller: Seller;
  let kept: PaidOrder;
  let back: PaidOrder;

  beforeAll(async () => {
    world = await MoneyWorld.create({ PAYMENT_SWEEP_STEPS: '1h' });
    admin = await world.admin();
    seller = await world.seller();
    kept = await world.paidOrder([seller]);
    back = await world.paidOrder([seller]);
    await world.refunded(back);
    await world.transfersAre(back.id, 'reversed');
    await world.placeOrder(await world.buyer(), [await world.product(seller, 300)]);
  });
  afterEach(() => world.calm());
  afterAll(async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });

  const traces = async (): Promise<unknown> => ({
    reports: await world.test.sql('SELECT id, status, attempt FROM reconciliation_reports ORDER BY id'),
    audits: (await world.test.sql(`SELECT 1 FROM audit_logs WHERE resource_type = 'reconciliation_report'`))
      .length,
    events: (await world.test.sql(`SELECT 1 FROM outbox_events WHERE type = 'reconciliation.requested'`))
      .length,
  });
  const openExceptions = async (): Promise<number> =>
    (
      await world.test.sql(
        `SELECT 1 FROM payment_exceptions WHERE kind = 'reconciliation_difference' AND resolved_at IS NULL`,
      )
    ).length;
  /** Changes our rows past every guard, makes a report, and takes the change back. */
  const planted = async (plant: string, undo: string): Promise<{ report: Report; found: Difference[] }> => {
    const asSuperuser = async (statement: string): Promise<void> => {
      await world.test.sql('SET session_replication_role = replica');
      await world.test.sql(statement);
      await world.test.sql('SET session_replication_role = origin');
    };
    await world.quiet();
    await asSuperuser(plant);
    const report = await make(world, admin);
    await asSuperuser(undo);
    return { report, found: await download(world, admin, report.id) };
  };

  it('finds the books equal and says what both sides moved', async () => {
    const report = await make(world, admin);
    expect(report).toMatchObject({ day: today(), difference_count: 0, ledger_problem_count: 0, error: null });
    expect(report.totals).toEqual([
      { object_type: 'payment', currency: 'EUR', ours: 5000, theirs: 5000 },
      { object_type: 'refund', currency: 'EUR', ours: 2500, theirs: 2500 },
      { object_type: 'transfer', currency: 'EUR', ours: 4500, theirs: 4500 },
    ]);
    expect(report.providers.map(({ name, was_asked }) => [name, was_asked])).toEqual([
      ['hyperswitch', true],
      ['stripe', true],
    ]);
    expect(report.providers[1]!.balances.length).toBeGreaterThan(0);
    expect(await openExceptions()).toBe(0);
    expect(await world.test.sql('SELECT 1 FROM reconciliation_items')).toEqual([]);
  });

  it('names a payment that we do not know, and one that the provider does not know', async () => {
    const ghost = `pay_${newUlid()}`;
    const rename = (from: string, to: string): string =>
      `UPDATE orders SET psp_payment_id = '${to}' WHERE psp_payment_id = '${from}'`;
    const { report, found } = await planted(rename(kept.paymentId, ghost), rename(ghost, kept.paymentId));
    expect(report.difference_count).toBe(2);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'missing_here',
          object_id: kept.paymentId,
          our_id: null,
          their_amount: 2500,
        }),
        expect.objectContaining({
          kind: 'missing_there',
          object_id: ghost,
          our_id: kept.id,
          our_amount: 2500,
          their_amount: null,
        }),
      ]),
    );
    expect(await openExceptions()).toBe(1);
  });

  it('names another amount, another state, and what came back at the provider only', async () => {
    const [transfer] = await world.transfers(kept.id);
    const [reversed] = await world.transfers(back.id);
    const refund = await world.refund(back.id);
    const { report, found } = await planted(
      `UPDATE seller_transfers SET amount = amount + 1, net_amount = net_amount + 1 WHERE id = '${transfer!.id}';
       UPDATE seller_transfers SET amount_reversed = amount_reversed - 5 WHERE id = '${reversed!.id}';
       UPDATE refunds SET status = 'failed', failed_at = now(), succeeded_at = NULL WHERE id = '${refund.id}'`,
      `UPDATE seller_transfers SET amount = amount - 1, net_amount = net_amount - 1 WHERE id = '${transfer!.id}';
       UPDATE seller_transfers SET amount_reversed = amount_reversed + 5 WHERE id = '${reversed!.id}';
       UPDATE refunds SET status = 'succeeded', succeeded_at = now(), failed_at = NULL WHERE id = '${refund.id}'`,
    );
    expect(found.map(({ kind, object_type, our_id }) => [kind, object_type, our_id]).sort()).toEqual(
      [
        ['amount_differs', 'transfer', transfer!.id],
        ['state_differs', 'refund', refund.id],
        ['state_differs', 'transfer', reversed!.id],
      ].sort(),
    );
    const reversal = found.find(({ our_id }) => our_id === reversed!.id);
    expect([reversal?.our_state, reversal?.their_state]).toEqual([
      'reversed, reversed 2245',
      'settled, reversed 2250',
    ]);
    expect(report.ledger_problem_count).toBeGreaterThan(0);
    expect(await openExceptions()).toBe(1);
  });

  it('asks for what the list does not name before it says that it is missing', async () => {
    const shift = (days: number): string =>
      `UPDATE orders SET created_at = created_at + interval '${String(days)} days' WHERE id = '${kept.id}'`;
    world.test.clock.advance(-20 * 86_400_000);
    const { body } = await world.test.http
      .post(REPORTS)
      .set((await world.admin()).auth)
      .send({ day: world.test.clock.now().toISOString().slice(0, 10) })
      .expect(202);
    world.test.clock.reset();
    await world.quiet();
    const listsNothing = await world.test.http.get(`${REPORTS}/${body.data.id}`).set(admin.auth).expect(200);
    expect(listsNothing.body.data).toMatchObject({ status: 'completed', difference_count: 0, totals: [] });
    await world.test.sql(shift(-20));
    const day = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10);
    await world.test.http.post(REPORTS).set(admin.auth).send({ day }).expect(202);
    await world.quiet();
    const report = await world.test.http.get(`${REPORTS}/${body.data.id}`).set(admin.auth).expect(200);
    await world.test.sql(shift(20));
    expect(report.body.data).toMatchObject({
      status: 'completed',
      attempt: 2,
      difference_count: 0,
      totals: [{ object_type: 'payment', currency: 'EUR', ours: 2500, theirs: 2500 }],
    });
  });

  it('looks at a transfer that no list names when a part of it came back in the window', async () => {
    const [reversed] = await world.transfers(back.id);
    const day = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10);
    const { id } = reversed!;
    const move = (days: number, amount: number): string =>
      `UPDATE transfer_reversals SET succeeded_at = succeeded_at + interval '${String(days)} days' WHERE transfer_id = '${id}';
       UPDATE seller_transfers SET amount_reversed = amount_reversed + ${String(amount)} WHERE id = '${id}'`;
    await world.test.sql('SET session_replication_role = replica');
    await world.test.sql(move(-20, -5));
    const { body } = await world.test.http.post(REPORTS).set(admin.auth).send({ day }).expect(202);
    await world.quiet();
    await world.test.sql(move(20, 5));
    await world.test.sql('SET session_replication_role = origin');
    const report = await world.test.http.get(`${REPORTS}/${body.data.id}`).set(admin.auth).expect(200);
    expect(report.body.data).toMatchObject({ status: 'completed', difference_count: 1 });
    const [difference] = await download(world, admin, String(body.data.id));
    expect(difference).toMatchObject({ kind: 'state_differs', object_type: 'transfer', our_id: id });
  });

  it('is one per day: making it again replaces it and is audited with what it was', async () => {
    const first = await make(world, admin);
    const second = await make(world, admin);
    expect(second).toMatchObject({ id: first.id, attempt: first.attempt + 1, difference_count: 0 });
    expect(await download(world, admin, second.id)).toEqual([]);
    const audits = await world.test.sql<{ user_id: string; old_values: object }>(
      `SELECT user_id, old_values FROM audit_logs WHERE action = 'reconciliation_report.requested' AND resource_id = $1
        ORDER BY created_at DESC LIMIT 1`,
      [first.id],
    );
    expect(audits).toEqual([
      {
        user_id: admin.id,
        old_values: { status: 'completed', difference_count: 0, attempt: first.attempt },
      },
    ]);
  });

  it('is made once by ten parallel requests', async () => {
    await make(world, admin);
    const admins = await Promise.all(Array.from({ length: 10 }, () => world.admin()));
    // The list is held, so that the first one is still being made when the last request arrives.
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'GET', path: '^/payments/list' } });
    const answers = await Promise.all(
      admins.map(({ auth }) => world.test.http.post(REPORTS).set(auth).send({ day: today() })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      202,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    expect(answers.find(({ status }) => status === 409)!.body.error.code).toBe('RECONCILIATION_RUNNING');
    world.sandbox.releaseHolds();
    await world.quiet();
  });

  it('says nothing about the books while a provider cannot be read, and goes on when it can', async () => {
    world.sandbox.orderFault({
      fault: 'status',
      status: 500,
      body: { message: 'away' },
      match: { method: 'POST', path: '^/refunds/list' },
    });
    await world.test.http.post(REPORTS).set(admin.auth).send({ day: today() }).expect(202);
    const [row] = await waitFor(
      async () => {
        const rows = await world.test.sql<{ status: string; id: string }>(
          `SELECT r.status, r.id FROM reconciliation_reports r JOIN outbox_events e ON e.aggregate_id = r.id::text
             JOIN outbox_deliveries d ON d.event_id = e.id
            WHERE d.last_error IS NOT NULL AND d.done_at IS NULL`,
        );
        return rows.length > 0 ? rows : null;
      },
      { what: 'an attempt that failed' },
    );
    expect(row!.status).toBe('running');
    await waitFor(
      async () =>
        (
          await world.test.sql(
            `SELECT 1 FROM reconciliation_reports WHERE id = $1 AND status = 'completed'`,
            [row!.id],
          )
        ).length,
      { what: 'the report of the second attempt', timeoutMs: 20_000 },
    );
  });

  it('is made of yesterday every day, once', async () => {
    const job = world.test.app.get(ReconciliationReportJob, { strict: false });
    expect(await job.run()).toEqual({ requested: 1 });
    await world.quiet();
    expect(await job.run()).toEqual({ requested: 0 });
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const [row] = await world.test.sql<{ status: string; requested_by: string | null }>(
      'SELECT status, requested_by FROM reconciliation_reports WHERE day = $1',
      [yesterday],
    );
    expect(row).toEqual({ status: 'completed', requested_by: null });
  });

  it('is a file: CSV or JSON', async () => {
    const { report } = await planted(
      `UPDATE seller_transfers SET amount = amount + 1, net_amount = net_amount + 1 WHERE order_id = '${kept.id}'`,
      `UPDATE seller_transfers SET amount = amount - 1, net_amount = net_amount - 1 WHERE order_id = '${kept.id}'`,
    );
    const [transfer] = await world.transfers(kept.id);
    const csv = await world.test.http.get(`${REPORTS}/${report.id}/download`).set(admin.auth).expect(200);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toBe(`attachment; filename="reconciliation-${today()}.csv"`);
    expect(csv.text.split('\n')[1]).toBe(
      `amount_differs,transfer,${transfer!.stripe_transfer_id!},${transfer!.id},2251,EUR,completed,2250,EUR,settled`,
    );
    const json = await world.test.http
      .get(`${REPORTS}/${report.id}/download?format=json`)
      .set(admin.auth)
      .expect(200);
    expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(json.text)).toMatchObject({ id: report.id, difference_count: 1 });
  });

  it.each([
    {},
    { day: '2026-02-31' },
    { day: '2026-1-1' },
    { day: 'today' },
    { day: 20261119 },
    { day: '9999-12-31' },
  ])('refuses to make %j', async (body) => {
    const before = await traces();
    const response = await world.test.http.post(REPORTS).set(admin.auth).send(body).expect(400);
    expect(response.body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'day' }] });
    expect(await traces()).toEqual(before);
  });

  it.each([
    ['?limit=0', 400, 'VALIDATION_ERROR'],
    ['/not-an-id', 400, 'VALIDATION_ERROR'],
    [`/${newId()}`, 404, 'RECONCILIATION_REPORT_NOT_FOUND'],
    ['/not-an-id/download', 400, 'VALIDATION_ERROR'],
    [`/${newId()}/download`, 404, 'RECONCILIATION_REPORT_NOT_FOUND'],
    [`/${newId()}/download?format=xml`, 400, 'VALIDATION_ERROR'],
  ])('answers GET %s with %i', async (path, status, code) => {
    const { body } = await world.test.http.get(`${REPORTS}${path}`).set(admin.auth).expect(status);
    expect(body.error.code).toBe(code);
  });

  it('lists the reports, newest request first', async () => {
    const report = await make(world, admin);
    const { body } = await world.test.http.get(`${REPORTS}?limit=1`).set(admin.auth).expect(200);
    expect(body.data).toEqual([report]);
  });

  it('cannot be downloaded before it is complete', async () => {
    const report = await make(world, admin);
    await world.test.sql(
      `UPDATE reconciliation_reports SET status = 'failed', error = 'PROVIDER_BOOKS_NOT_READABLE' WHERE id = $1`,
      [report.id],
    );
    const { body } = await world.test.http
      .get(`${REPORTS}/${report.id}/download`)
      .set(admin.auth)
      .expect(409);
    expect(body.error.code).toBe('RECONCILIATION_NOT_COMPLETED');
    await make(world, admin);
  });

  it('is for administrators only', async () => {
    const { id } = await make(world, admin);
    const before = await traces();
    for (const path of ['', `/${id}`, `/${id}/download`]) {
      await world.test.http.get(`${REPORTS}${path}`).expect(401);
      const { body } = await world.test.http.get(`${REPORTS}${path}`).set(seller.auth).expect(403);
      expect(body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    }
    const anonymous = await world.test.http.post(REPORTS).send({ day: today() }).expect(401);
    expect(anonymous.body.error.code).toBe('AUTH_TOKEN_INVALID');
    const { body } = await world.test.http.post(REPORTS).set(seller.auth).send({ day: today() }).expect(403);
    expect(body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    expect(await traces()).toEqual(before);
  });
});

describe("reconciliation with long lists of the providers'", () => {
  const COUNT = 230;
  let world: MoneyWorld;

  beforeAll(async () => {
    world = await MoneyWorld.create();
  });
  afterAll(() => world.close());

  it('reads every page: each thing that we do not know is named once', async () => {
    const admin = await world.admin();
    const seller = await world.seller();
    world.sandbox.setWebhookUrls({ hyperswitch: null, stripe: null });
    for (let index = 0; index < COUNT; index += 1) {
      await openStrangePayment(world, index);
      await openStrangeTransfer(world, seller);
    }
    const report = await make(world, admin);
    expect(report.difference_count).toBe(3 * COUNT);
    expect(report.totals).toEqual(
      ['payment', 'refund', 'transfer'].map((object_type) => ({
        object_type,
        currency: 'EUR',
        ours: 0,
        theirs: COUNT * 100,
      })),
    );
    const found = await download(world, admin, report.id);
    expect(found).toHaveLength(3 * COUNT);
    expect(new Set(found.map(({ object_id }) => object_id)).size).toBe(3 * COUNT);
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['missing_here']));
  }, 60_000);
});

/** A payment of somebody else on the same account, paid and given back. */
async function openStrangePayment({ sandbox }: MoneyWorld, index: number): Promise<void> {
  const payment_id = `pay_${newUlid()}`;
  const response = await fetch(`${sandbox.hyperswitchUrl}/payments`, {
    method: 'POST',
    headers: { 'api-key': 'sandbox-api-key', 'content-type': 'application/json' },
    body: JSON.stringify({ payment_id, amount: 100, currency: 'EUR', metadata: { index: String(index) } }),
  });
  expect(response.status).toBe(200);
  sandbox.succeedPayment(payment_id);
  sandbox.succeedRefund(sandbox.refundInDashboard(payment_id, 100).id);
}

async function openStrangeTransfer({ sandbox }: MoneyWorld, seller: Seller): Promise<void> {
  const response = await fetch(`${sandbox.stripeUrl}/v1/transfers`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk_test_sandbox',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      amount: '100',
      currency: 'eur',
      destination: seller.stripeAccountId,
    }).toString(),
  });
  expect(response.status).toBe(200);
}
