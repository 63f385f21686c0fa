import { randomUUID } from 'node:crypto';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const DAY_MS = 86_400_000;

describe('RefundOrder', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;
  let stranger: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    [seller, admin, stranger] = [await world.seller(), await world.admin(), await world.buyer()];
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
  });

  const code = (response: { body: unknown }): string | undefined =>
    (response.body as { error?: { code: string } }).error?.code;
  const setDates = (orderId: string, deadline: Date | null, completedAt: Date): Promise<unknown> =>
    world.test.sql('UPDATE orders SET refund_deadline = $2, completed_at = $3 WHERE id = $1', [
      orderId,
      deadline,
      completedAt,
    ]);
  /** Nothing was written and nothing was announced. */
  const expectUntouched = async (order: PaidOrder, status = 'completed', refunds = 0): Promise<void> => {
    expect((await world.order(order.id)).status).toBe(status);
    expect(await world.refunds(order.id)).toHaveLength(refunds);
    const events = await world.test.sql(
      `SELECT 1 FROM outbox_events WHERE type = 'refund.requested' AND payload->>'refundId' IN
        (SELECT id::text FROM refunds WHERE order_id = $1)`,
      [order.id],
    );
    expect(events).toHaveLength(refunds);
  };

  it('OpensPendingRefund: answers 202, opens one pending refund and leaves the licences alone', async () => {
    const order = await world.paidOrder([seller]);
    const response = await world.requestRefund(order.id, order.buyer, { reason: 'Not what I expected' });
    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({
      success: true,
      message: expect.stringContaining('pending') as string,
      data: { refund: { order_id: order.id, amount: 2500, currency: 'EUR', status: 'pending' } },
    });
    const refund = await world.refund(order.id);
    expect(refund).toMatchObject({ status: 'pending', amount: '2500' });
    expect(refund.psp_refund_id).toMatch(/^ref_[0-9a-z]{26}$/);
    expect((await world.order(order.id)).status).toBe('refund_pending');
    expect(await world.licenses(order.id)).toEqual(['active']);
    await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
    expect(world.sandbox.books().refunds.find((row) => row.id === refund.psp_refund_id)).toMatchObject({
      amountMinor: 2500,
      currency: 'EUR',
      paymentId: order.paymentId,
      reason: 'requested_by_customer',
    });
  });

  it('PSPErrorRollsBack: a definite refusal fails the refund and the order can be refunded again (invariant 6)', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request', code: 'IR_14', message: 'wrong payment state' } },
      match: { method: 'POST', path: '/refunds' },
    });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    await world.orderIs(order.id, 'completed');
    expect(await world.refund(order.id)).toMatchObject({ status: 'failed', failure_code: 'IR_14' });
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect((await world.transfer(order.id)).status).toBe('completed');
    await world.refunded(order);
    expect((await world.refunds(order.id)).map((row) => row.status)).toEqual(['failed', 'succeeded']);
  });

  it('DoubleRequestRejected: the second request is 400 and opens nothing (invariant 5)', async () => {
    const order = await world.paidOrder([seller]);
    await world.openRefund(order);
    const second = await world.requestRefund(order.id, order.buyer);
    expect([second.status, code(second)]).toEqual([400, 'REFUND_ALREADY_REQUESTED']);
    expect((second.body as { error: { message: string } }).error.message).toContain('already in progress');
    await expectUntouched(order, 'refund_pending', 1);
  });

  it('NotCompleted: an order that is not paid is 400 ORDER_NOT_REFUNDABLE (invariant 18)', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]);
    const response = await world.requestRefund(order.id, order.buyer);
    expect([response.status, code(response)]).toEqual([400, 'ORDER_NOT_REFUNDABLE']);
    await expectUntouched(order, 'pending');
  });

  it('NoPaymentID: a free order has nothing to give back (invariant 18)', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 0)]);
    await world.orderIs(order.id, 'completed');
    const response = await world.requestRefund(order.id, order.buyer);
    expect([response.status, code(response)]).toEqual([400, 'ORDER_NOT_REFUNDABLE']);
    await expectUntouched(order);
  });

  it('Forbidden: a stranger gets 404 without a word about the order (invariant 17 as amended)', async () => {
    const order = await world.paidOrder([seller]);
    const response = await world.requestRefund(order.id, stranger);
    const absent = await world.requestRefund(randomUUID(), stranger);
    expect([response.status, code(response)]).toEqual([404, 'ORDER_NOT_FOUND']);
    expect(code(absent)).toBe('ORDER_NOT_FOUND');
    expect(JSON.stringify(response.body)).not.toContain(order.id);
    await expectUntouched(order);
  });

  it('Forbidden: an anonymous caller gets 401 and a bad id 400', async () => {
    const order = await world.paidOrder([seller]);
    const path = api(`/marketplace/orders/${order.id}/refund`);
    await world.test.http.post(path).send({}).expect(401);
    await world.test.http
      .post(api('/marketplace/orders/nonsense/refund'))
      .set(order.buyer.auth)
      .send({})
      .expect(400);
    await expectUntouched(order);
  });

  it('SellerCanRefund: a seller of the order may give it back', async () => {
    const order = await world.paidOrder([seller]);
    expect((await world.requestRefund(order.id, seller)).status).toBe(202);
    expect((await world.order(order.id)).status).toBe('refund_pending');
  });

  it('ExpiredRefundWindow: one millisecond after the deadline is too late, the deadline itself is not (invariant 16)', async () => {
    const order = await world.paidOrder([seller]);
    const now = new Date();
    world.test.clock.freeze(now);
    await setDates(order.id, new Date(now.getTime() - 1), now);
    const late = await world.requestRefund(order.id, order.buyer);
    expect([late.status, code(late)]).toEqual([400, 'REFUND_WINDOW_EXPIRED']);
    await expectUntouched(order);
    await setDates(order.id, now, now);
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
  });

  it('FallbackExpiredNoDeadline: without a deadline fourteen days after completion count (invariant 16)', async () => {
    const order = await world.paidOrder([seller]);
    const now = new Date();
    world.test.clock.freeze(now);
    await setDates(order.id, null, new Date(now.getTime() - 14 * DAY_MS - 1));
    const late = await world.requestRefund(order.id, order.buyer);
    expect([late.status, code(late)]).toEqual([400, 'REFUND_WINDOW_EXPIRED']);
    await expectUntouched(order);
    await setDates(order.id, null, new Date(now.getTime() - 14 * DAY_MS));
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
  });

  it('lets an administrator refund after the window and writes down who did it', async () => {
    const order = await world.paidOrder([seller]);
    await setDates(order.id, new Date(Date.now() - DAY_MS), new Date(Date.now() - 15 * DAY_MS));
    expect(code(await world.requestRefund(order.id, seller))).toBe('REFUND_WINDOW_EXPIRED');
    const unexplained = await world.requestRefund(order.id, admin);
    expect([unexplained.status, code(unexplained)]).toEqual([400, 'VALIDATION_ERROR']);
    await expectUntouched(order);
    expect((await world.requestRefund(order.id, admin, { reason: 'goodwill' })).status).toBe(202);
    const refund = await world.refund(order.id);
    const trail = await world.test.sql(
      `SELECT user_id, details FROM audit_logs WHERE action = 'refund.request' AND resource_id = $1`,
      [refund.id],
    );
    expect(trail).toMatchObject([
      { user_id: admin.id, details: { order_id: order.id, reason: 'goodwill', is_after_deadline: true } },
    ]);
  });

  it.each([
    ['a reason that is too long', { reason: 'x'.repeat(501) }],
    ['a reason that is no text', { reason: 7 }],
    ['a negative amount', { amount: -1 }],
    ['a broken amount', { amount: 1.5 }],
    ['an unknown property', { surprise: true }],
  ])('refuses %s', async (_, body) => {
    const order = await world.paidOrder([seller]);
    const response = await world.requestRefund(order.id, order.buyer, body);
    expect([response.status, code(response)]).toEqual([400, 'VALIDATION_ERROR']);
    await expectUntouched(order);
  });

  it('takes a request without any body', async () => {
    const order = await world.paidOrder([seller]);
    await world.test.http
      .post(api(`/marketplace/orders/${order.id}/refund`))
      .set(order.buyer.auth)
      .expect(202);
  });

  it('invariant 5: twenty parallel requests create one row and one call to the provider', async () => {
    const order = await world.paidOrder([seller]);
    const before = world.sandbox
      .requests()
      .filter((call) => call.method === 'POST' && call.path === '/refunds').length;
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => world.requestRefund(order.id, order.buyer)),
    );
    expect(responses.filter((response) => response.status === 202)).toHaveLength(1);
    expect(new Set(responses.filter((response) => response.status !== 202).map(code))).toEqual(
      new Set(['REFUND_ALREADY_REQUESTED']),
    );
    await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
    await world.quiet();
    expect(await world.refunds(order.id)).toHaveLength(1);
    const after = world.sandbox
      .requests()
      .filter((call) => call.method === 'POST' && call.path === '/refunds').length;
    expect(after - before).toBe(1);
  });

  it('answers the same Idempotency-Key with the same refund, and another request under it with 422', async () => {
    const order = await world.paidOrder([seller]);
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await world.requestRefund(order.id, order.buyer, { reason: 'a' }, key);
    const again = await world.requestRefund(order.id, order.buyer, { reason: 'a' }, key);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect((again.body as { data: unknown }).data).toEqual((first.body as { data: unknown }).data);
    const other = await world.requestRefund(order.id, order.buyer, { reason: 'b' }, key);
    expect([other.status, code(other)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await world.refunds(order.id)).toHaveLength(1);
  });

  describe('lists', () => {
    it('shows the refunds of an order to its buyer, its seller and administrators', async () => {
      const order = await world.paidOrder([seller]);
      await world.openRefund(order);
      for (const actor of [order.buyer, seller, admin]) {
        const response = await world.test.http
          .get(api(`/marketplace/orders/${order.id}/refunds`))
          .set(actor.auth)
          .expect(200);
        expect((response.body as { data: unknown[] }).data).toMatchObject([
          { order_id: order.id, amount: 2500, currency: 'EUR', status: 'pending', succeeded_at: null },
        ]);
        expect(JSON.stringify(response.body)).not.toContain('ref_');
      }
    });

    it('hides them from strangers, and refuses the anonymous and bad ids', async () => {
      const order = await world.paidOrder([seller]);
      const path = api(`/marketplace/orders/${order.id}/refunds`);
      await world.test.http.get(path).set(stranger.auth).expect(404);
      await world.test.http.get(path).expect(401);
      await world.test.http.get(api('/marketplace/orders/nonsense/refunds')).set(stranger.auth).expect(400);
    });

    it('lists all refunds for administrators, by page, cursor and status', async () => {
      const order = await world.paidOrder([seller]);
      const refund = await world.openRefund(order);
      const list = (query: string, actor: Actor = admin) =>
        world.test.http.get(api(`/admin/refunds${query}`)).set(actor.auth);
      const first = await list('?limit=1&status=pending').expect(200);
      expect(first.body).toMatchObject({
        data: [
          { id: refund.id, psp_refund_id: refund.psp_refund_id, sync_status: 'pending', origin: 'request' },
        ],
        pagination: { page: 1, limit: 1, has_next: true },
      });
      const cursor = (first.body as { pagination: { next_cursor: string } }).pagination.next_cursor;
      const second = await list(`?limit=1&status=pending&cursor=${cursor}`).expect(200);
      expect((second.body as { data: { id: string }[] }).data[0]!.id).not.toBe(refund.id);
      expect(code(await list('?status=nonsense').expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await list('?cursor=nonsense').expect(400))).toBe('INVALID_CURSOR');
      await list('', order.buyer).expect(403);
      await world.test.http.get(api('/admin/refunds')).expect(401);
    });
  });
});

describe('RefundOrder without a provider', () => {
  it('answers 503 PROVIDER_NOT_CONFIGURED and writes nothing', async () => {
    const world = await MoneyWorld.create();
    const seller = await world.seller();
    const order = await world.paidOrder([seller]);
    const bare = await MoneyWorld.createOn(world, { HYPERSWITCH_API_KEY: '', HYPERSWITCH_URL: '' });
    const response = await bare.requestRefund(order.id, order.buyer);
    expect([response.status, (response.body as { error: { code: string } }).error.code]).toEqual([
      503,
      'PROVIDER_NOT_CONFIGURED',
    ]);
    expect(await world.refunds(order.id)).toEqual([]);
    expect((await world.order(order.id)).status).toBe('completed');
    await bare.test.close();
    await world.close();
  });
});
