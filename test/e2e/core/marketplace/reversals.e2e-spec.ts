import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

const CREATE = { method: 'POST', path: '^/v1/transfers$' };
const LOOK_UP = { method: 'GET', path: '^/v1/transfers' };
const REVERSE = { method: 'POST', path: '/reversals$' };

describe('a refund and the transfers of its order', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    admin = await world.admin();
  });
  beforeEach(async () => {
    seller = await world.seller();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const reversalsAtStripe = (transferId: string | null): number =>
    world.sandbox.books().reversals.filter((row) => row.transferId === transferId).length;
  const refuseOnce = (code: string): void => {
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request_error', code, message: 'no' } },
      match: CREATE,
    });
  };
  const jobAt = (ms: number): Promise<Record<string, number>> => {
    world.test.clock.advance(ms);
    return world.runRetryJob();
  };

  it('invariant 12 as amended: a completed transfer is taken back and reversed only with its trr_ id', async () => {
    const order = await world.paidOrder([seller]);
    const { stripe_transfer_id: id } = await world.transfer(order.id);
    world.sandbox.orderFault({ fault: 'hold', match: REVERSE });
    const refund = await world.openRefund(order);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    await waitFor(() => world.sandbox.holds()[0]);
    expect(await world.transfer(order.id)).toMatchObject({
      status: 'reversal_pending',
      stripe_transfer_id: id,
    });
    expect(await world.reversals(order.id)).toMatchObject([{ status: 'pending', stripe_reversal_id: null }]);
    world.sandbox.releaseHolds();
    await world.transfersAre(order.id, 'reversed');
    const [reversal] = await world.reversals(order.id);
    expect(reversal).toMatchObject({ status: 'succeeded', epoch: 0 });
    expect(reversal!.stripe_reversal_id).toMatch(/^trr_/);
    expect(await world.transfer(order.id)).toMatchObject({ stripe_transfer_id: id, amount_reversed: '2250' });
    expect(reversalsAtStripe(id)).toBe(1);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it.each([
    ['failed', 'parameter_invalid_integer'],
    ['blocked_account', 'transfers_not_allowed'],
  ])('invariant 12: a %s transfer is reversed at once and never paid', async (status, code) => {
    refuseOnce(code);
    const order = await world.paidOrder([seller], { transfers: status });
    await world.refunded(order);
    expect(await world.transfer(order.id)).toMatchObject({ status: 'reversed', stripe_transfer_id: null });
    await jobAt(30 * 86_400_000);
    world.test.clock.reset();
    const { id } = await world.transfer(order.id);
    const response = await world.test.http
      .post(api(`/admin/transfers/${id}/retry`))
      .set(admin.auth)
      .send({ reason: 'try' });
    expect(response.status).toBe(409);
    expect(
      world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`),
    ).toEqual([]);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('holds a transfer back while a refund is open, and sends it when the refund fails', async () => {
    refuseOnce('parameter_invalid_integer');
    const order = await world.paidOrder([seller], { transfers: 'failed' });
    const refund = await world.openRefund(order);
    await jobAt(61_000);
    expect((await world.transfer(order.id)).status).toBe('failed');
    world.test.clock.reset();
    const { id } = await world.transfer(order.id);
    const refused = await world.test.http
      .post(api(`/admin/transfers/${id}/retry`))
      .set(admin.auth)
      .send({ reason: 'try' });
    expect([refused.status, (refused.body as { error: { code: string } }).error.code]).toEqual([
      409,
      'TRANSFER_HELD',
    ]);
    world.test.clock.advance(61_000);
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.transfersAre(order.id, 'completed');
  });

  it('takes back a transfer that was on its way when the refund succeeded (7.7 f)', async () => {
    world.sandbox.orderFault({ fault: 'hold', match: CREATE });
    const order = await world.paidOrder([seller], { transfers: 'processing' });
    await waitFor(() => world.sandbox.holds()[0]);
    await world.refunded(order);
    expect((await world.transfer(order.id)).status).toBe('processing');
    world.sandbox.releaseHolds();
    await world.transfersAre(order.id, 'reversed');
    const transfer = await world.transfer(order.id);
    expect(transfer.stripe_transfer_id).toMatch(/^tr_/);
    expect(reversalsAtStripe(transfer.stripe_transfer_id)).toBe(1);
  });

  it('ends a transfer that was on its way and was refused', async () => {
    world.sandbox.orderFault({
      fault: 'hold',
      commit: false,
      match: CREATE,
    });
    const order = await world.paidOrder([seller], { transfers: 'processing' });
    await waitFor(() => world.sandbox.holds()[0]);
    world.sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
    await world.refunded(order);
    world.sandbox.releaseHolds();
    await world.transfersAre(order.id, 'reversed');
    expect(await world.transfer(order.id)).toMatchObject({ stripe_transfer_id: null, amount: null });
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('finds out about an unknown transfer of a refunded order and takes it back', async () => {
    world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
    const order = await world.paidOrder([seller], { transfers: 'unknown' });
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversed');
    const transfer = await world.transfer(order.id);
    expect(reversalsAtStripe(transfer.stripe_transfer_id)).toBe(1);
  });

  it('gives an unknown transfer of a refunded order up when it never arrived, and never sends it again', async () => {
    world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: CREATE });
    const order = await world.paidOrder([seller], { transfers: 'unknown' });
    await world.refunded(order);
    await world.quiet();
    expect((await world.transfer(order.id)).status).toBe('unknown');
    await jobAt(11 * 60_000);
    expect(await world.transfer(order.id)).toMatchObject({ status: 'reversed', stripe_transfer_id: null });
    expect(
      world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`),
    ).toEqual([]);
  });

  it('opens the transfers as reversed when the refund was faster than the completion event', async () => {
    await world.test.sql(`
      CREATE FUNCTION delay_opening() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.due_at := now() + interval '1 hour'; RETURN NEW; END $$;
      CREATE TRIGGER delay_opening BEFORE INSERT ON outbox_deliveries
        FOR EACH ROW WHEN (NEW.handler = 'payouts.open-transfers') EXECUTE FUNCTION delay_opening()`);
    const order = await world.paidOrder([seller], { transfers: null });
    await world.refunded(order);
    expect(await world.transfers(order.id)).toEqual([]);
    await world.test.sql('DROP TRIGGER delay_opening ON outbox_deliveries; DROP FUNCTION delay_opening()');
    await world.test.sql(
      `UPDATE outbox_deliveries SET due_at = now() WHERE handler = 'payouts.open-transfers'`,
    );
    await world.transfersAre(order.id, 'reversed');
    await world.runRetryJob();
    expect(await world.transfer(order.id)).toMatchObject({ stripe_transfer_id: null, amount: null });
    expect(
      world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`),
    ).toEqual([]);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('a refused reversal is reversal_failed, visible, and retried with a new key until it succeeds', async () => {
    const order = await world.paidOrder([seller]);
    const { id, stripe_transfer_id: stripeId } = await world.transfer(order.id);
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' } },
      match: REVERSE,
    });
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed');
    expect(await world.payable(seller.id)).toBe(-2250);
    expect(await world.reversals(order.id)).toMatchObject([
      { status: 'failed', epoch: 1, outcome_unknown: false },
    ]);
    expect(await world.exceptions('reversal_failed', order.id)).toBe(1);
    const listed = await world.test.http
      .get(api('/admin/transfers?status=reversal_failed'))
      .set(admin.auth)
      .expect(200);
    expect((listed.body as { data: object[] }).data).toMatchObject([
      { id, failure_code: 'balance_insufficient' },
    ]);
    await jobAt(3_600_000);
    await world.transfersAre(order.id, 'reversed');
    expect(await world.payable(seller.id)).toBe(0);
    expect(reversalsAtStripe(stripeId)).toBe(1);
  });

  it('an administrator can send a failed reversal again, and it is written down', async () => {
    const order = await world.paidOrder([seller]);
    const { id } = await world.transfer(order.id);
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' } },
      match: REVERSE,
    });
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed');
    const response = await world.test.http
      .post(api(`/admin/transfers/${id}/retry`))
      .set(admin.auth)
      .send({ reason: 'the seller topped up' })
      .expect(200);
    expect((response.body as { data: object }).data).toMatchObject({
      status: 'reversed',
      stripe_reversal_id: expect.stringMatching(/^trr_/) as string,
    });
    expect(
      await world.test.sql(`SELECT 1 FROM audit_logs WHERE action = 'transfer.retry' AND resource_id = $1`, [
        id,
      ]),
    ).toHaveLength(1);
  });

  it.each([
    ['the answer is lost after the commit', { fault: 'drop_after_commit' as const, times: 2 }],
    ['the request is lost', { fault: 'drop_before_commit' as const, times: 2 }],
    ['the id is empty', { fault: 'empty_id' as const }],
    ['Stripe answers 500', { fault: 'status' as const, status: 500 }],
  ])('reverses once when %s', async (_, fault) => {
    const order = await world.paidOrder([seller]);
    const { stripe_transfer_id: id } = await world.transfer(order.id);
    world.sandbox.orderFault({ ...fault, match: REVERSE });
    await world.refunded(order);
    await waitFor(
      async () =>
        (await world.reversals(order.id))[0]?.outcome_unknown &&
        (await world.reversals(order.id))[0]?.next_retry_at,
    );
    await waitFor(async () => {
      await jobAt(31_000);
      return (await world.transfer(order.id)).status === 'reversed';
    });
    expect(reversalsAtStripe(id)).toBe(1);
    expect(await world.reversals(order.id)).toMatchObject([
      { status: 'succeeded', epoch: 0, outcome_unknown: false },
    ]);
  });

  it('ten parallel senders reverse once', async () => {
    const order = await world.paidOrder([seller]);
    const { stripe_transfer_id: id } = await world.transfer(order.id);
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' } },
      match: REVERSE,
    });
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed');
    world.test.clock.advance(3_600_000);
    const runs = await Promise.all(Array.from({ length: 10 }, () => world.runRetryJob()));
    expect(runs.reduce((sum, counts) => sum + (counts.reversals_succeeded ?? 0), 0)).toBe(1);
    expect(reversalsAtStripe(id)).toBe(1);
    const calls = world.sandbox
      .requests()
      .filter((call) => call.path === `/v1/transfers/${id ?? ''}/reversals`);
    // The refused one and the one that won; nobody else even asked.
    expect(calls.filter((call) => call.method === 'POST')).toHaveLength(2);
    expect(calls.filter((call) => call.method === 'GET')).toHaveLength(0);
  });

  it('ten refunds that race with the sending of their transfers leave nothing paid out', async () => {
    const orders = await Promise.all(
      Array.from({ length: 10 }, async () =>
        world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]),
      ),
    );
    world.sandbox.orderFault({ fault: 'delay', delayMs: 60, times: 20, match: CREATE });
    await Promise.all(
      orders.map(async (order) => {
        await world.pay(order);
        await world.refunded(order);
      }),
    );
    await waitFor(
      async () => {
        await world.runRetryJob();
        const all = await Promise.all(orders.map((order) => world.transfers(order.id)));
        return all.every((rows) => rows.length === 1 && rows[0]!.status === 'reversed');
      },
      { timeoutMs: 20_000 },
    );
    const groups = new Set(orders.map((order) => `order_${order.id}`));
    const { transfers } = world.sandbox.books();
    const ours = transfers.filter((row) => groups.has(row.transferGroup ?? ''));
    expect(ours.every((row) => row.amountReversedMinor === row.amountMinor)).toBe(true);
    expect(await world.payable(seller.id)).toBe(0);
  });

  describe('debt (7.9.5)', () => {
    it('a sale repays it before anything is transferred, and is used up by it', async () => {
      const first = await world.paidOrder([seller]);
      world.sandbox.payOutAccount(seller.stripeAccountId);
      await world.refunded(first);
      await world.transfersAre(first.id, 'reversal_failed');
      expect(await world.payable(seller.id)).toBe(-2250);
      const second = await world.paidOrder([seller], { transfers: 'canceled' });
      expect(await world.transfer(second.id)).toMatchObject({
        failure_code: 'WITHHELD_FOR_DEBT',
        amount: null,
        withheld: '2250',
      });
      expect(await world.payable(seller.id)).toBe(0);
      const third = await world.paidOrder([seller], { priceMinor: 1000 });
      expect(await world.transfer(third.id)).toMatchObject({ amount: '900', withheld: '0' });
      await jobAt(3_600_000);
      await world.transfersAre(first.id, 'reversed');
      expect(await world.reversals(first.id)).toMatchObject([
        { status: 'canceled', stripe_reversal_id: null },
      ]);
      expect(await world.payable(seller.id)).toBe(0);
    });

    it.each([
      ['arrived', 'drop_after_commit', 3 * 60_000],
      ['never arrived', 'drop_before_commit', 11 * 60_000],
    ] as const)(
      'keeps a later sale whole while nobody knows of a refunded transfer that it %s',
      async (_, fault, laterMs) => {
        world.sandbox.orderFault({ fault, times: 2, match: CREATE });
        const first = await world.paidOrder([seller], { transfers: 'unknown' });
        world.sandbox.orderFault({ fault: 'status', status: 500, match: LOOK_UP });
        await world.refunded(first);
        await world.quiet();
        expect((await world.transfer(first.id)).status).toBe('unknown');
        expect(await world.payable(seller.id)).toBe(-2250);
        const second = await world.paidOrder([seller], { priceMinor: 4000, transfers: null });
        await waitFor(async () => (await world.transfers(second.id))[0]?.failure_code);
        expect(await world.transfer(second.id)).toMatchObject({
          status: 'pending',
          failure_code: 'WITHHELD_FOR_DEBT',
        });
        await jobAt(laterMs);
        await world.transfersAre(first.id, 'reversed');
        await world.runRetryJob();
        await world.transfersAre(second.id, 'completed');
        expect(await world.transfer(second.id)).toMatchObject({ amount: '3600', withheld: '0' });
        expect(await world.payable(seller.id)).toBe(0);
      },
    );

    it('a part is withheld when the sale is larger than the debt', async () => {
      const first = await world.paidOrder([seller], { priceMinor: 1000 });
      world.sandbox.payOutAccount(seller.stripeAccountId);
      await world.refunded(first);
      await world.transfersAre(first.id, 'reversal_failed');
      const second = await world.paidOrder([seller], { priceMinor: 2500 });
      expect(await world.transfer(second.id)).toMatchObject({
        net_amount: '2250',
        amount: '1350',
        withheld: '900',
      });
      expect(await world.payable(seller.id)).toBe(0);
    });
  });
});
