import { randomUUID } from 'node:crypto';
import { waitFor } from '../../../support/index.js';
import type { RefundRow } from './money-rows.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const MINUTE_MS = 60_000;

describe("refunds of the provider's dashboard (07 7.9.4)", () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const external = (orderId: string): Promise<RefundRow> =>
    waitFor(async () => (await world.refunds(orderId)).find((row) => row.origin === 'external') ?? null, {
      what: 'an external refund',
    });
  const report = (order: PaidOrder, refundId: string, over: object = {}) => ({
    event_type: 'refund_succeeded',
    content: {
      type: 'refund_details',
      object: {
        refund_id: refundId,
        payment_id: order.paymentId,
        amount: 2500,
        currency: 'EUR',
        status: 'succeeded',
        ...over,
      },
    },
  });
  const outcome = (objectId: string): Promise<string> =>
    waitFor(async () => {
      const [row] = await world.inbox(objectId);
      return row === undefined || row.status === 'received' ? null : row.status;
    });

  it('takes over a full one: order, licences, books and transfer follow', async () => {
    const order = await world.paidOrder([seller]);
    const made = world.sandbox.refundInDashboard(order.paymentId);
    world.sandbox.succeedRefund(made.id);
    await world.orderIs(order.id, 'refunded');
    expect(await external(order.id)).toMatchObject({
      psp_refund_id: made.id,
      status: 'succeeded',
      amount: '2500',
    });
    expect(await world.licenses(order.id)).toEqual(['revoked']);
    await world.transfersAre(order.id, 'reversed');
  });

  it('takes over parts, several of them, until nothing is left', async () => {
    const order = await world.paidOrder([seller]);
    for (const amount of [1, 999, 1500]) {
      world.sandbox.succeedRefund(world.sandbox.refundInDashboard(order.paymentId, amount).id);
      await waitFor(async () => (await world.refunds(order.id)).at(-1)?.amount === String(amount));
      await waitFor(async () => (await world.refund(order.id)).status === 'succeeded');
    }
    await world.orderIs(order.id, 'refunded');
  });

  it('learns of a pending one and ends it by the sweep', async () => {
    const order = await world.paidOrder([seller]);
    const made = world.sandbox.refundInDashboard(order.paymentId, 500);
    await world.deliver(report(order, made.id, { amount: 500, status: 'pending' }));
    expect(await external(order.id)).toMatchObject({ status: 'pending', amount: '500' });
    await world.orderIs(order.id, 'refund_pending');
    const refused = await world.requestRefund(order.id, order.buyer);
    expect((refused.body as { error: { code: string } }).error.code).toBe('REFUND_ALREADY_REQUESTED');
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
    world.sandbox.succeedRefund(made.id);
    world.test.clock.advance(2 * MINUTE_MS);
    await world.runRefundSweep();
    await world.orderIs(order.id, 'partially_refunded');
    expect(await external(order.id)).toMatchObject({ status: 'succeeded', settled_by: 'poll' });
  });

  it('asks for what a flat delivery leaves out', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
    const made = world.sandbox.refundInDashboard(order.paymentId, 700);
    world.sandbox.succeedRefund(made.id);
    await world.deliver({ event_type: 'refund.succeeded', refund_id: made.id, status: 'succeeded' });
    await world.orderIs(order.id, 'partially_refunded');
    expect(await external(order.id)).toMatchObject({ amount: '700' });
  });

  it('books fifty parallel reports of one refund once', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
    const made = world.sandbox.refundInDashboard(order.paymentId, 900);
    world.sandbox.succeedRefund(made.id);
    await Promise.all(
      Array.from({ length: 50 }, () => world.deliver(report(order, made.id, { amount: 900 }))),
    );
    await world.orderIs(order.id, 'partially_refunded');
    await world.quiet();
    expect(await world.refunds(order.id)).toHaveLength(1);
    const booked = await world.test.sql(
      `SELECT 1 FROM ledger_transactions WHERE order_id = $1 AND kind = 'refund_succeeded'`,
      [order.id],
    );
    expect(booked).toHaveLength(1);
  });

  it('gives nothing back for one that failed, leaves one of an unknown payment unmatched', async () => {
    const order = await world.paidOrder([seller]);
    const [failed, stray] = [`ref_${randomUUID()}`, `ref_${randomUUID()}`];
    await world.deliver(report(order, failed, { status: 'failed' }));
    await world.deliver(report(order, stray, { payment_id: `pay_${randomUUID()}` }));
    expect([await outcome(failed), await outcome(stray)]).toEqual(['applied', 'unmatched']);
    expect(await world.refunds(order.id)).toMatchObject([{ psp_refund_id: failed, status: 'failed' }]);
    expect((await world.order(order.id)).status).toBe('completed');
  });

  it('knows that one failed in the end when the news of its success comes later', async () => {
    const order = await world.paidOrder([seller]);
    const id = `ref_${randomUUID()}`;
    await world.deliver(report(order, id, { status: 'failed', updated_at: '2026-01-01T00:00:02.000Z' }));
    expect(await outcome(id)).toBe('applied');
    await world.deliver(report(order, id, { status: 'succeeded', updated_at: '2026-01-01T00:00:01.000Z' }));
    await world.quiet();
    expect(await world.refunds(order.id)).toMatchObject([{ status: 'failed', contradicted_at: null }]);
    expect(await world.order(order.id)).toMatchObject({ status: 'completed', refunded_amount: '0' });
  });

  it.each([
    ['more than was paid', { amount: 2501 }],
    ['another currency', { currency: 'USD' }],
  ])('asks a person about %s and books nothing', async (_what, over) => {
    const order = await world.paidOrder([seller]);
    const id = `ref_${randomUUID()}`;
    await world.deliver(report(order, id, over));
    expect(await outcome(id)).toBe('contradiction');
    expect(await world.exceptions('external_refund_mismatch', order.id)).toBe(1);
    expect(await world.refunds(order.id)).toEqual([]);
    expect((await world.order(order.id)).status).toBe('completed');
  });

  it('waits for the news that makes room for it', async () => {
    const order = await world.paidOrder([seller]);
    const { psp_refund_id: first } = await world.refunded(order);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund_failed' } });
    world.sandbox.failRefund(first);
    const made = world.sandbox.refundInDashboard(order.paymentId, 900);
    world.sandbox.succeedRefund(made.id);
    await waitFor(async () => (await world.inbox(made.id))[0]?.status === 'unmatched', { what: 'its wait' });
    const takenBack = world.sandbox
      .events()
      .find(({ objectId, state }) => objectId === first && state === 'lost');
    world.sandbox.resendWebhook(takenBack!.id);
    await world.orderIs(order.id, 'completed');
    await world.test.sql(`UPDATE outbox_deliveries SET due_at = now() WHERE done_at IS NULL`);
    await world.orderIs(order.id, 'partially_refunded');
    expect(await world.exceptions('external_refund_mismatch', order.id)).toBe(0);
  });

  it('a late success of a failed refund waits as well', async () => {
    const order = await world.paidOrder([seller]);
    const { psp_refund_id: requested } = await world.openRefund(order);
    world.sandbox.failRefund(requested);
    await world.orderIs(order.id, 'completed');
    const made = world.sandbox.refundInDashboard(order.paymentId);
    world.sandbox.succeedRefund(made.id);
    await world.orderIs(order.id, 'refunded');
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund_failed' } });
    world.sandbox.failRefund(made.id);
    world.sandbox.succeedRefund(requested);
    await waitFor(async () => (await world.inbox(requested)).some((row) => row.status === 'unmatched'), {
      what: 'its wait',
    });
    const takenBack = world.sandbox
      .events()
      .find(({ objectId, state }) => objectId === made.id && state === 'lost');
    world.sandbox.resendWebhook(takenBack!.id);
    await world.orderIs(order.id, 'completed');
    await world.test.sql(`UPDATE outbox_deliveries SET due_at = now() WHERE done_at IS NULL`);
    await world.orderIs(order.id, 'refunded');
    expect(await world.exceptions('refund_succeeded_after_failure', order.id)).toBe(1);
    expect(
      await world.test.sql(
        `SELECT 1 FROM payment_exceptions
          WHERE order_id = $1 AND kind = 'refund_exceeds_captured' AND resolved_at IS NULL`,
        [order.id],
      ),
    ).toEqual([]);
  });

  it('leaves the hold of a refund of ours that is still open', async () => {
    const late = await world.seller({ isReady: false });
    const order = await world.paidOrder([late], { transfers: 'blocked_account' });
    const own = await world.openRefund(order, { amount: 1000 });
    const made = world.sandbox.refundInDashboard(order.paymentId, 500);
    world.sandbox.succeedRefund(made.id);
    await waitFor(async () => (await world.inbox(made.id))[0]?.status === 'applied');
    await world.makeReady(late.id, late.stripeAccountId);
    await world.quiet();
    await world.runRetryJob();
    await world.quiet();
    const sent = (): unknown[] =>
      world.sandbox.books().transfers.filter(({ destination }) => destination === late.stripeAccountId);
    expect(sent()).toEqual([]);
    world.sandbox.succeedRefund(own.psp_refund_id);
    await world.orderIs(order.id, 'partially_refunded');
    await world.runRetryJob();
    await world.transfersAre(order.id, 'completed');
    expect(sent()).toHaveLength(1);
  });

  it('waits for the payment when the refund is reported first', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_succeeded' } });
    world.sandbox.succeedPayment(order.paymentId);
    const made = world.sandbox.refundInDashboard(order.paymentId);
    world.sandbox.succeedRefund(made.id);
    expect(await outcome(made.id)).toBe('unmatched');
    expect(await world.refunds(order.id)).toEqual([]);
    const lost = world.sandbox.events().find((event) => event.objectId === order.paymentId)!;
    world.sandbox.resendWebhook(lost.id);
    await world.orderIs(order.id, 'completed');
    const again = world.sandbox.events().find((event) => event.objectId === made.id)!;
    await world.test.sql(
      `UPDATE outbox_deliveries d SET due_at = now() FROM outbox_events e, webhook_events w
        WHERE e.id = d.event_id AND w.id::text = e.aggregate_id AND w.object_id = $1`,
      [again.objectId],
    );
    await world.orderIs(order.id, 'refunded');
  });

  it('lets the provider refuse ours when the dashboard was faster, and learns of the other one (IR_13)', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ webhook: 'lose', times: 2, match: { type: '^refund_' } });
    world.sandbox.succeedRefund(world.sandbox.refundInDashboard(order.paymentId, 2000).id);
    const pending = world.sandbox.refundInDashboard(order.paymentId, 500);
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    await waitFor(async () =>
      (await world.refunds(order.id)).some((row) => row.origin === 'request' && row.status === 'failed'),
    );
    await waitFor(async () => (await world.order(order.id)).refunded_amount === '2000');
    const rows = await world.refunds(order.id);
    expect(rows.find((row) => row.origin === 'request')).toMatchObject({ failure_code: 'IR_13' });
    expect(
      rows
        .filter((row) => row.origin === 'external')
        .map((row) => [row.status, row.amount])
        .sort(),
    ).toEqual([
      ['pending', '500'],
      ['succeeded', '2000'],
    ]);
    await world.orderIs(order.id, 'refund_pending');
    world.sandbox.succeedRefund(pending.id);
    world.test.clock.advance(2 * MINUTE_MS);
    await world.runRefundSweep();
    await world.orderIs(order.id, 'refunded');
  });

  it('keeps ours pending while nobody knows what else was given back', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
    world.sandbox.succeedRefund(world.sandbox.refundInDashboard(order.paymentId, 2000).id);
    world.sandbox.orderFault({
      fault: 'status',
      status: 500,
      match: { method: 'POST', path: '/refunds/list' },
    });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    await waitFor(async () => (await world.refunds(order.id))[0]!.unknown_since);
    await world.orderIs(order.id, 'partially_refunded');
    expect((await world.refunds(order.id)).map((row) => [row.origin, row.status]).sort()).toEqual([
      ['external', 'succeeded'],
      ['request', 'failed'],
    ]);
  });

  it('takes one back that failed after all, and hears of it once', async () => {
    const order = await world.paidOrder([seller]);
    const made = world.sandbox.refundInDashboard(order.paymentId, 1000);
    world.sandbox.succeedRefund(made.id);
    await world.orderIs(order.id, 'partially_refunded');
    world.sandbox.failRefund(made.id);
    await world.orderIs(order.id, 'completed');
    const failed = world.sandbox.events().filter((event) => event.objectId === made.id);
    for (const event of failed) world.sandbox.resendWebhook(event.id);
    await world.quiet();
    expect((await world.refund(order.id)).contradicted_at).not.toBeNull();
    expect(await world.order(order.id)).toMatchObject({ status: 'completed', refunded_amount: '0' });
    await waitFor(async () => (await world.transfers(order.id)).every((row) => row.status === 'completed'));
  });
});
