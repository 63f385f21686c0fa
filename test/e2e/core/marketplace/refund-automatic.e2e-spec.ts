import { LedgerService } from '../../../../src/core/marketplace/ledger/index.js';
import { type Actor, api, waitFor } from '../../../support/index.js';
import type { RefundRow } from './money-rows.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

describe('money that bought nothing (07 7.9.11, docs/adr/0007)', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    [seller, admin] = [await world.seller(), await world.admin()];
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  /** A cancelled order; its payment can still succeed at the provider. */
  const cancelled = async (): Promise<PaidOrder> => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]);
    await world.deliver({
      event_type: 'payment_cancelled',
      content: { type: 'payment_details', object: { payment_id: order.paymentId, status: 'cancelled' } },
    });
    await world.orderIs(order.id, 'cancelled');
    return order;
  };
  const automatic = (orderId: string): Promise<RefundRow> =>
    waitFor(
      async () =>
        (await world.refunds(orderId)).find((row) => row.origin === 'automatic' && row.psp_ack_at !== null) ??
        null,
      { what: 'an automatic refund' },
    );
  const buyersMoney = async (orderId: string): Promise<number> => {
    const [row] = await world.test.sql<{ sum: string }>(
      `SELECT coalesce(sum(e.amount_minor), 0) AS sum FROM ledger_entries e
         JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'buyer_refunds'
         JOIN ledger_transactions t ON t.id = e.transaction_id WHERE t.order_id = $1`,
      [orderId],
    );
    return Number(row!.sum);
  };
  const openCases = async (orderId: string): Promise<string[]> =>
    (
      await world.test.sql<{ kind: string }>(
        'SELECT kind FROM payment_exceptions WHERE order_id = $1 AND resolved_at IS NULL',
        [orderId],
      )
    ).map((row) => row.kind);
  const code = (response: { body: unknown }) => (response.body as { error: { code: string } }).error.code;

  it("books it as the buyer's, gives it back by itself, and closes the case", async () => {
    const order = await cancelled();
    world.sandbox.succeedPayment(order.paymentId);
    const refund = await automatic(order.id);
    expect(refund).toMatchObject({ amount: '2500', status: 'pending', origin: 'automatic' });
    expect(await buyersMoney(order.id)).toBe(2500);
    expect(await openCases(order.id)).toEqual(['payment_after_cancel']);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.refund(order.id)).status === 'succeeded');
    expect(await world.order(order.id)).toMatchObject({ status: 'cancelled', refunded_amount: '2500' });
    expect(await buyersMoney(order.id)).toBe(0);
    expect(await openCases(order.id)).toEqual([]);
    expect(await world.transfers(order.id)).toEqual([]);
    const trial = await world.test.app.get(LedgerService, { strict: false }).trialBalance();
    expect(trial.problems).toEqual([]);
  });

  it('books and gives back once, however often and however parallel the payment is reported', async () => {
    const order = await cancelled();
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_succeeded' } });
    world.sandbox.succeedPayment(order.paymentId);
    const report = {
      event_type: 'payment_succeeded',
      content: {
        type: 'payment_details',
        object: {
          payment_id: order.paymentId,
          status: 'succeeded',
          amount: 2500,
          amount_received: 2500,
          currency: 'EUR',
        },
      },
    };
    await Promise.all(Array.from({ length: 50 }, () => world.deliver(report)));
    const refund = await automatic(order.id);
    await world.quiet();
    expect(await world.refunds(order.id)).toHaveLength(1);
    expect(await buyersMoney(order.id)).toBe(2500);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.refund(order.id)).status === 'succeeded');
    await world.deliver(report);
    await world.quiet();
    expect(await world.refunds(order.id)).toHaveLength(1);
    expect(world.sandbox.books().refunds.filter((row) => row.paymentId === order.paymentId)).toHaveLength(1);
  });

  it('opens none when the dashboard gave it back before', async () => {
    const order = await cancelled();
    world.sandbox.orderFault({ fault: 'status', status: 401, times: 1_000, match: { path: '^/refunds$' } });
    world.sandbox.succeedPayment(order.paymentId);
    await waitFor(async () => (await world.refunds(order.id)).length);
    const own = await world.refund(order.id);
    world.sandbox.clearFaults();
    world.sandbox.succeedRefund(world.sandbox.refundInDashboard(order.paymentId).id);
    await waitFor(async () => (await buyersMoney(order.id)) === 0);
    // Ours is refused now, and nothing is left to do for it.
    await world.test.sql(
      `UPDATE outbox_deliveries d SET due_at = now(), lease_until = NULL FROM outbox_events e
        WHERE e.id = d.event_id AND e.type = 'refund.requested' AND e.aggregate_id = $1`,
      [own.id],
    );
    await waitFor(async () =>
      (await world.refunds(order.id)).some((row) => row.origin === 'automatic' && row.status === 'failed'),
    );
    expect(await world.order(order.id)).toMatchObject({ status: 'cancelled', refunded_amount: '2500' });
  });

  it('asks a person when it is refused, who gives it back', async () => {
    const order = await cancelled();
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request', code: 'IR_14', message: 'wrong payment state' } },
      match: { method: 'POST', path: '^/refunds$' },
    });
    world.sandbox.succeedPayment(order.paymentId);
    await waitFor(async () => (await openCases(order.id)).includes('automatic_refund_failed'));
    expect(await buyersMoney(order.id)).toBe(2500);
    expect(code(await world.requestRefund(order.id, order.buyer))).toBe('ORDER_NOT_REFUNDABLE');
    expect(code(await world.requestRefund(order.id, seller))).toBe('ORDER_NOT_REFUNDABLE');
    expect((await world.requestRefund(order.id, admin, { reason: 'by hand' })).status).toBe(202);
    const byHand = await waitFor(async () => {
      const newest = await world.refund(order.id);
      return newest.psp_ack_at === null ? null : newest;
    });
    world.sandbox.succeedRefund(byHand.psp_refund_id);
    await waitFor(async () => (await buyersMoney(order.id)) === 0);
    expect(await openCases(order.id)).toEqual([]);
    expect((await world.order(order.id)).status).toBe('cancelled');
  });

  it('keeps what was paid wrongly until a person gives it back, in parts and in its own currency', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]);
    world.sandbox.succeedPayment(order.paymentId, { amountMinor: 2600 });
    await world.orderIs(order.id, 'failed');
    await world.quiet();
    expect(await world.refunds(order.id)).toEqual([]);
    expect(await buyersMoney(order.id)).toBe(2600);
    expect(await openCases(order.id)).toEqual(['payment_amount_mismatch']);
    expect(code(await world.requestRefund(order.id, admin, { amount: 2601, reason: 'goodwill' }))).toBe(
      'REFUND_EXCEEDS_REST',
    );
    for (const [amount, left] of [
      [100, 2500],
      [2500, 0],
    ] as const) {
      expect((await world.requestRefund(order.id, admin, { amount, reason: 'goodwill' })).status).toBe(202);
      const refund = await waitFor(async () => {
        const newest = await world.refund(order.id);
        return newest.psp_ack_at === null || newest.amount !== String(amount) ? null : newest;
      });
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await waitFor(async () => (await buyersMoney(order.id)) === left, { what: `${String(left)} left` });
    }
    expect(await openCases(order.id)).toEqual([]);
    expect(code(await world.requestRefund(order.id, admin, { reason: 'again' }))).toBe(
      'ORDER_NOT_REFUNDABLE',
    );
  });

  it('owes the money again when the provider takes the refund back', async () => {
    const order = await cancelled();
    world.sandbox.succeedPayment(order.paymentId);
    const refund = await automatic(order.id);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await buyersMoney(order.id)) === 0);
    world.sandbox.failRefund(refund.psp_refund_id);
    await waitFor(async () => (await buyersMoney(order.id)) === 2500);
    expect(await openCases(order.id)).toEqual(['refund_failed_after_success']);
    expect(await world.order(order.id)).toMatchObject({ status: 'cancelled', refunded_amount: '0' });
  });

  it('sells nothing for it later: the buyer orders again', async () => {
    const order = await cancelled();
    world.sandbox.succeedPayment(order.paymentId);
    await automatic(order.id);
    const { body } = await world.test.http
      .get(api(`/marketplace/orders/${order.id}`))
      .set(order.buyer.auth)
      .expect(200);
    expect(body).toMatchObject({ data: { status: 'cancelled' } });
    expect(await world.licenses(order.id)).toEqual([]);
  });
});
