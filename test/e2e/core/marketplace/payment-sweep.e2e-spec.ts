import { PaymentSweepJob } from '../../../../src/core/marketplace/orders/jobs/payment-sweep.job.js';
import { type Actor, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder } from './money-world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the sweep of payments', () => {
  let world: MoneyWorld;
  let buyer: Actor;
  let productId: string;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    buyer = await world.buyer();
    productId = await world.product(await world.seller(), 1900);
  });
  afterEach(async () => {
    world.calm();
    // What a test leaves behind is not due for the next one.
    await world.test.sql('UPDATE orders SET payment_checks = 1000');
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
  afterAll(() => world.close());

  const place = (): Promise<PaidOrder> => world.placeOrder(buyer, [productId]);
  const sweep = (): Promise<Record<string, number>> =>
    world.test.app
      .get(PaymentSweepJob, { strict: false })
      .run({ signal: new AbortController().signal, scheduledAt: new Date() } as never);
  const sweepAfter = async (ms: number): Promise<Record<string, number>> => {
    world.test.clock.advance(ms);
    return sweep();
  };
  const checksOf = async (order: PaidOrder): Promise<number> =>
    (
      await world.test.sql<{ payment_checks: number }>('SELECT payment_checks FROM orders WHERE id = $1', [
        order.id,
      ])
    )[0]!.payment_checks;
  const loseWebhooks = (): void => {
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^payment_' }, times: 10 });
  };
  const calls = (order: PaidOrder, method: string): number =>
    world.sandbox.requests().filter((call) => call.method === method && call.path.includes(order.paymentId))
      .length;

  it('completes an order whose webhook was lost, through the inbox and its reducer', async () => {
    const order = await place();
    loseWebhooks();
    world.sandbox.succeedPayment(order.paymentId);
    expect(await sweepAfter(14 * MINUTE_MS)).toEqual({});
    expect(await sweepAfter(MINUTE_MS)).toEqual({ reported: 1 });
    await world.orderIs(order.id, 'completed');
    await waitFor(async () => (await world.inbox(order.paymentId))[0]?.status === 'applied');
    const rows = await world.test.sql(
      'SELECT source, event_id, status FROM webhook_events WHERE object_id = $1',
      [order.paymentId],
    );
    expect(rows).toEqual([
      { source: 'poll', event_id: `poll:${order.paymentId}:succeeded`, status: 'applied' },
    ]);
    await world.transfersAre(order.id, 'completed');
    expect(await sweepAfter(24 * HOUR_MS)).toEqual({});
  });

  it('changes nothing when the webhook comes after all, or the same is asked again', async () => {
    const order = await place();
    world.sandbox.orderFault({ webhook: 'delay', match: { type: '^payment_' }, delayMs: 400 });
    world.sandbox.succeedPayment(order.paymentId);
    await sweepAfter(15 * MINUTE_MS);
    await world.orderIs(order.id, 'completed');
    await waitFor(async () => (await world.inbox(order.paymentId)).length === 2);
    await world.quiet();
    const postings = await world.test.sql('SELECT 1 FROM ledger_transactions WHERE order_id = $1', [
      order.id,
    ]);
    expect(postings).toHaveLength(1);
    await world.transfersAre(order.id, 'completed');
  });

  it('asks at each step, and cancels at the last one what nobody has paid', async () => {
    const order = await place();
    for (const [ms, checks] of [
      [15 * MINUTE_MS, 1],
      [15 * MINUTE_MS, 2],
      [30 * MINUTE_MS, 3],
      [5 * HOUR_MS, 4],
    ] as const) {
      expect(await sweepAfter(ms)).toEqual({ waiting: 1 });
      expect(await checksOf(order)).toBe(checks);
      expect(await sweep()).toEqual({});
    }
    expect(await sweepAfter(18 * HOUR_MS)).toEqual({ cancelled: 1 });
    await world.orderIs(order.id, 'cancelled');
    expect(world.sandbox.books().payments.find(({ id }) => id === order.paymentId)?.status).toBe('cancelled');
    expect(await world.exceptions('payment_stuck', order.id)).toBe(0);
    expect(await sweepAfter(48 * HOUR_MS)).toEqual({});
  });

  it('expires an order whose payment never arrived, but not while its call may live', async () => {
    world.sandbox.orderFault({
      fault: 'drop_before_commit',
      match: { method: 'POST', path: '/payments$' },
      times: 5,
    });
    const { status, body } = await world.test.http
      .post('/api/v1/marketplace/orders')
      .set(buyer.auth)
      .send({ items: [{ product_id: productId }] });
    expect([status, body.error.code]).toEqual([503, 'PAYMENT_PROVIDER_UNAVAILABLE']);
    world.calm();
    const id = body.error.data.order_id as string;
    expect(await sweepAfter(15 * MINUTE_MS)).toEqual({ reported: 1 });
    await world.orderIs(id, 'expired');
  });

  it.each([
    ['failed', (order: PaidOrder) => void world.sandbox.failPayment(order.paymentId)],
    ['expired', (order: PaidOrder) => void world.sandbox.expirePayment(order.paymentId)],
  ])('finds the late success of an order that had %s', async (status, end) => {
    const order = await place();
    end(order);
    await world.orderIs(order.id, status);
    loseWebhooks();
    world.sandbox.succeedPayment(order.paymentId);
    expect(await sweepAfter(15 * MINUTE_MS)).toEqual({ reported: 1 });
    await world.orderIs(order.id, 'completed');
    await world.transfersAre(order.id, 'completed');
  });

  it('looks at an order that has ended until the last step, and no longer', async () => {
    const order = await place();
    world.sandbox.failPayment(order.paymentId);
    await world.orderIs(order.id, 'failed');
    for (const ms of [15 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 5 * HOUR_MS, 18 * HOUR_MS]) {
      expect(await sweepAfter(ms)).toEqual({ reported: 1 });
    }
    expect(await sweepAfter(72 * HOUR_MS)).toEqual({});
    expect(await world.exceptions('payment_stuck', order.id)).toBe(0);
    expect(calls(order, 'GET')).toBe(5);
  });

  it('names an order that is stuck, asks on every day, and closes the case when it heals', async () => {
    const order = await place();
    world.sandbox.orderFault({
      fault: 'status',
      status: 500,
      match: { method: 'GET', path: '/payments/' },
      times: 50,
    });
    for (const ms of [15 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 5 * HOUR_MS]) {
      expect(await sweepAfter(ms)).toEqual({ unknown: 1 });
    }
    expect(await world.exceptions('payment_stuck', order.id)).toBe(0);
    expect(await sweepAfter(18 * HOUR_MS)).toEqual({ unknown: 1 });
    expect(await world.exceptions('payment_stuck', order.id)).toBe(1);
    expect(await sweepAfter(23 * HOUR_MS)).toEqual({});
    world.sandbox.clearFaults();
    loseWebhooks();
    world.sandbox.succeedPayment(order.paymentId);
    expect(await sweepAfter(HOUR_MS)).toEqual({ reported: 1 });
    await world.orderIs(order.id, 'completed');
    expect(await sweep()).toEqual({ healed: 1 });
    const cases = await world.test.sql<{ resolved_by: string | null; resolved_at: Date | null }>(
      'SELECT resolved_by, resolved_at FROM payment_exceptions WHERE order_id = $1',
      [order.id],
    );
    expect(cases).toEqual([{ resolved_by: null, resolved_at: expect.any(Date) as Date }]);
    await world.transfersAre(order.id, 'completed');
  });

  it('does not count checks while the provider refuses our credentials', async () => {
    const order = await place();
    world.sandbox.orderFault({
      fault: 'status',
      status: 401,
      body: { error: { type: 'invalid_request', message: 'API key not provided', code: 'IR_01' } },
      match: { method: 'GET', path: '/payments/' },
      times: 2,
    });
    expect(await sweepAfter(15 * MINUTE_MS)).toEqual({ misconfigured: 1 });
    expect(await sweep()).toEqual({ misconfigured: 1 });
    expect(await checksOf(order)).toBe(0);
    expect(await sweep()).toEqual({ waiting: 1 });
  });

  it('does not cancel a payment that is on its way; a person is told at the last step', async () => {
    const order = await place();
    await world.test.sql('UPDATE orders SET payment_checks = 4 WHERE id = $1', [order.id]);
    await fetch(`${world.sandbox.hyperswitchUrl}/payments/${order.paymentId}/confirm`, {
      method: 'POST',
      headers: { 'api-key': 'sandbox-api-key', 'content-type': 'application/json' },
      body: '{}',
    });
    await world.quiet();
    expect(await sweepAfter(24 * HOUR_MS)).toEqual({ reported: 1 });
    expect(calls(order, 'POST')).toBe(1);
    expect((await world.order(order.id)).status).toBe('pending');
    expect(await world.exceptions('payment_stuck', order.id)).toBe(1);
  });

  it('lets a payment that succeeds in the moment of its cancellation win', async () => {
    const order = await place();
    await world.test.sql('UPDATE orders SET payment_checks = 4 WHERE id = $1', [order.id]);
    loseWebhooks();
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '/cancel$' }, commit: false });
    world.test.clock.advance(24 * HOUR_MS);
    const running = sweep();
    await waitFor(() => Promise.resolve(calls(order, 'POST') === 1), { what: 'a held cancellation' });
    world.sandbox.succeedPayment(order.paymentId);
    world.sandbox.releaseHolds();
    expect(await running).toEqual({ cancelled: 1 });
    await world.orderIs(order.id, 'completed');
    await world.transfersAre(order.id, 'completed');
  });
});
