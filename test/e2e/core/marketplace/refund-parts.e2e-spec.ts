import { randomUUID } from 'node:crypto';
import { type Actor, waitFor } from '../../../support/index.js';
import type { RefundRow } from './money-rows.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface PartRow {
  order_item_id: string;
  amount: string;
  fee: string;
  net: string;
}

describe('refunds of parts (07 7.9.7)', () => {
  let world: MoneyWorld;
  let sellers: Seller[];

  beforeAll(async () => {
    world = await MoneyWorld.create();
    sellers = [await world.seller(), await world.seller(), await world.seller()];
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const errorOf = (response: { body: unknown }) =>
    (response.body as { error: { code: string; details?: { field: string }[]; data?: object } }).error;
  /** An order of one item per seller, its transfers sent. */
  const order = async (pricesMinor = [333, 333, 334]): Promise<PaidOrder> => {
    const products: string[] = [];
    for (const [index, price] of pricesMinor.entries()) {
      products.push(await world.product(sellers[index]!, price));
    }
    const placed = await world.pay(await world.placeOrder(await world.buyer(), products));
    await world.transfersAre(placed.id, 'completed', pricesMinor.length);
    return placed;
  };
  const itemIds = async (orderId: string): Promise<string[]> =>
    (
      await world.test.sql<{ id: string }>(
        'SELECT id FROM order_items WHERE order_id = $1 ORDER BY position',
        [orderId],
      )
    ).map((row) => row.id);
  const partsOf = (refundId: string): Promise<PartRow[]> =>
    world.test.sql(
      `SELECT r.* FROM refund_items r JOIN order_items i ON i.id = r.order_item_id
        WHERE refund_id = $1 ORDER BY i.position`,
      [refundId],
    );
  const licensesOf = async (orderId: string): Promise<string[]> =>
    (
      await world.test.sql<{ status: string }>(
        `SELECT l.status FROM licenses l JOIN order_items i ON i.id = l.order_item_id
          WHERE l.order_id = $1 ORDER BY i.position`,
        [orderId],
      )
    ).map((row) => row.status);
  /** Requested, acknowledged and confirmed. */
  const giveBack = async (paid: PaidOrder, body: object): Promise<RefundRow> => {
    const refund = await world.openRefund(paid, body);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.refund(paid.id)).status === 'succeeded', { what: 'a refund' });
    return world.refund(paid.id);
  };
  const item = (id: string) => ({ items: [{ order_item_id: id }] });
  const refundedAt = (paid: PaidOrder): number =>
    world.sandbox
      .books()
      .refunds.filter((row) => row.paymentId === paid.paymentId && row.status === 'succeeded')
      .reduce((sum, row) => sum + row.amountMinor, 0);

  it('gives items back one by one, each with its licence, until the order is refunded', async () => {
    const paid = await order();
    const ids = await itemIds(paid.id);
    const states: string[] = [];
    for (const [index, id] of ids.entries()) {
      const refund = await giveBack(paid, item(id));
      expect(await partsOf(refund.id)).toMatchObject([
        { order_item_id: id, amount: String([333, 333, 334][index]) },
      ]);
      expect(await licensesOf(paid.id)).toEqual(ids.map((_, at) => (at <= index ? 'revoked' : 'active')));
      states.push((await world.order(paid.id)).status);
    }
    expect(states).toEqual(['partially_refunded', 'partially_refunded', 'refunded']);
    expect(refundedAt(paid)).toBe(1000);
    await world.transfersAre(paid.id, 'reversed', 3);
  });

  it('spreads amounts over the items, loses no cent, and the last one takes the rest', async () => {
    const paid = await order();
    const refunds = [
      await giveBack(paid, { amount: 100 }),
      await giveBack(paid, { amount: 1 }),
      await giveBack(paid, { amount: 499 }),
    ];
    expect(await licensesOf(paid.id)).toEqual(['active', 'active', 'active']);
    expect(await world.order(paid.id)).toMatchObject({
      status: 'partially_refunded',
      refunded_amount: '600',
    });
    refunds.push(await giveBack(paid, {}));
    expect(await world.refund(paid.id)).toMatchObject({ amount: '400' });
    expect(await world.order(paid.id)).toMatchObject({ status: 'refunded', refunded_amount: '1000' });
    expect(await licensesOf(paid.id)).toEqual(['revoked', 'revoked', 'revoked']);
    const parts = (await Promise.all(refunds.map((refund) => partsOf(refund.id)))).flat();
    for (const [index, id] of (await itemIds(paid.id)).entries()) {
      const own = parts.filter((part) => part.order_item_id === id);
      const sum = (field: 'amount' | 'fee' | 'net') =>
        own.reduce((total, part) => total + Number(part[field]), 0);
      expect([sum('amount'), sum('fee'), sum('net')]).toEqual(
        [
          [333, 33, 300],
          [333, 33, 300],
          [334, 33, 301],
        ][index],
      );
    }
    await world.transfersAre(paid.id, 'reversed', 3);
  });

  it('goes back to where it was when a later part fails', async () => {
    const paid = await order([1000]);
    await giveBack(paid, { amount: 300 });
    const refund = await world.openRefund(paid, { amount: 200 });
    expect((await world.order(paid.id)).status).toBe('refund_pending');
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(paid.id, 'partially_refunded');
    expect(await world.order(paid.id)).toMatchObject({ refunded_amount: '300' });
    expect(await partsOf(refund.id)).toEqual([]);
  });

  it('names the items in the answer and in the list', async () => {
    const paid = await order([700, 300]);
    const [first] = await itemIds(paid.id);
    const response = await world.requestRefund(paid.id, paid.buyer, item(first!));
    expect(response.body).toMatchObject({
      data: { refund: { amount: 700, order_item_ids: [first], status: 'pending' }, approval: null },
    });
  });

  it('takes what the dashboard gave back meanwhile from the other items', async () => {
    const paid = await order([600, 400]);
    const [first] = await itemIds(paid.id);
    const own = await world.openRefund(paid, item(first!));
    const external = world.sandbox.refundInDashboard(paid.paymentId, 300);
    world.sandbox.succeedRefund(external.id);
    await waitFor(async () => (await world.order(paid.id)).refunded_amount === '300');
    expect((await world.order(paid.id)).status).toBe('refund_pending');
    world.sandbox.succeedRefund(own.psp_refund_id);
    await world.orderIs(paid.id, 'partially_refunded');
    expect((await partsOf(own.id)).map((part) => Number(part.amount))).toEqual([420, 180]);
    expect(await world.order(paid.id)).toMatchObject({ refunded_amount: '900' });
  });

  describe('what is refused', () => {
    let paid: PaidOrder;
    let ids: string[];
    beforeAll(async () => {
      paid = await order([500, 500, 500]);
      ids = await itemIds(paid.id);
      await giveBack(paid, item(ids[0]!));
      await world.quiet();
    });
    const refuse = async (body: object, actor?: Actor) => {
      const before = await world.refunds(paid.id);
      const response = await world.requestRefund(paid.id, actor ?? paid.buyer, body);
      expect(await world.refunds(paid.id)).toEqual(before);
      expect(await world.order(paid.id)).toMatchObject({
        status: 'partially_refunded',
        refunded_amount: '500',
      });
      return { status: response.status, ...errorOf(response) };
    };

    it('an item that is none of the order', async () => {
      expect(await refuse(item(randomUUID()))).toMatchObject({
        status: 422,
        code: 'ORDER_ITEM_NOT_FOUND',
        details: [{ field: 'items' }],
      });
    });
    it('an item that was given back', async () => {
      expect(await refuse(item(ids[0]!))).toMatchObject({
        status: 422,
        code: 'ITEM_NOT_REFUNDABLE',
        details: [{ field: 'items' }],
      });
    });
    it('the item of another seller, asked for by a seller', async () => {
      expect(await refuse(item(ids[1]!), sellers[2])).toMatchObject({
        status: 422,
        code: 'ORDER_ITEM_NOT_FOUND',
      });
    });
    it('more than what is left', async () => {
      expect(await refuse({ amount: 1001 })).toMatchObject({
        status: 422,
        code: 'REFUND_EXCEEDS_REST',
        details: [{ field: 'amount' }],
        data: { left: 1000 },
      });
    });
    it('items and an amount together', async () => {
      expect(await refuse({ ...item(ids[1]!), amount: 1 })).toMatchObject({
        status: 400,
        code: 'REFUND_ITEMS_OR_AMOUNT',
        details: [{ field: 'amount' }],
      });
    });
    it.each([
      ['no item at all', { items: [] }],
      ['an item without an id', { items: [{}] }],
      ['an amount of zero', { amount: 0 }],
    ])('%s', async (_what, body) => {
      expect(await refuse(body)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    });
    it('a stranger and the anonymous', async () => {
      expect(await refuse({ amount: 1 }, await world.buyer())).toMatchObject({
        status: 404,
        code: 'ORDER_NOT_FOUND',
      });
      const anonymous = { ...paid.buyer, auth: {} } as unknown as Actor;
      expect(await refuse({ amount: 1 }, anonymous)).toMatchObject({ status: 401 });
    });
    it('any refund of a disputed order', async () => {
      await world.test.sql('UPDATE orders SET disputed_at = now() WHERE id = $1', [paid.id]);
      expect(await refuse({ amount: 1 })).toMatchObject({ status: 400, code: 'ORDER_DISPUTED' });
      await world.test.sql('UPDATE orders SET disputed_at = NULL WHERE id = $1', [paid.id]);
    });
  });

  describe('in parallel', () => {
    it('opens one of twenty partial requests, again and again, and never gives back more than was captured', async () => {
      const paid = await order([1000]);
      for (let round = 0; round < 3; round += 1) {
        const responses = await Promise.all(
          Array.from({ length: 20 }, () => world.requestRefund(paid.id, paid.buyer, { amount: 400 })),
        );
        const accepted = responses.filter((response) => response.status === 202);
        expect(accepted).toHaveLength(round < 2 ? 1 : 0);
        const refusals = responses
          .filter((response) => response.status !== 202)
          .map((one) => errorOf(one).code);
        expect(new Set(refusals)).toEqual(
          new Set([round < 2 ? 'REFUND_ALREADY_REQUESTED' : 'REFUND_EXCEEDS_REST']),
        );
        if (accepted.length === 0) continue;
        const refund = await waitFor(async () => {
          const newest = await world.refund(paid.id);
          return newest.psp_ack_at === null ? null : newest;
        });
        world.sandbox.succeedRefund(refund.psp_refund_id);
        await world.orderIs(paid.id, 'partially_refunded');
      }
      expect(await world.order(paid.id)).toMatchObject({ refunded_amount: '800' });
      expect(refundedAt(paid)).toBe(800);
    });

    it('books twenty refunds of the dashboard that are reported at once as far as they fit, each once', async () => {
      const paid = await order([1000]);
      world.sandbox.orderFault({ webhook: 'lose', times: 10, match: { type: 'refund_succeeded' } });
      const made = Array.from({ length: 10 }, () => world.sandbox.refundInDashboard(paid.paymentId, 100));
      for (const { id } of made) world.sandbox.succeedRefund(id);
      const reports = [...made, ...made].map(({ id }) => ({
        event_type: 'refund_succeeded',
        content: {
          type: 'refund_details',
          object: {
            refund_id: id,
            payment_id: paid.paymentId,
            amount: 100,
            currency: 'EUR',
            status: 'succeeded',
          },
        },
      }));
      // One more than the payment holds, as no provider should report it.
      reports.push({
        ...reports[0]!,
        content: {
          ...reports[0]!.content,
          object: { ...reports[0]!.content.object, refund_id: `ref_${randomUUID()}` },
        },
      });
      await Promise.all(reports.map((report) => world.deliver(report)));
      await world.quiet();
      await world.orderIs(paid.id, 'refunded');
      const refunds = await world.refunds(paid.id);
      expect(refunds.filter((refund) => refund.status === 'succeeded')).toHaveLength(10);
      // It fits what was paid, so it waits for news that would make room for it.
      const waiting = await world.test.sql(
        `SELECT 1 FROM webhook_events WHERE status = 'unmatched' AND convert_from(raw_body, 'UTF8') LIKE $1`,
        [`%${paid.paymentId}%`],
      );
      expect(waiting).toHaveLength(1);
    });

    it('is refused by the database itself, whoever writes without the lock', async () => {
      const paid = await order([1000]);
      const insert = (): Promise<unknown> =>
        world.test.sql(
          `INSERT INTO refunds (id, order_id, origin, psp_payment_id, psp_refund_id, amount, currency, status,
                                settled_by, succeeded_at, created_at, updated_at)
           VALUES ($1, $2, 'external', $3, $4, 300, 'EUR', 'succeeded', 'webhook', now(), now(), now())`,
          [randomUUID(), paid.id, paid.paymentId, `ref_${randomUUID()}`],
        );
      const results = await Promise.allSettled(Array.from({ length: 20 }, insert));
      const refused = results.filter((result) => result.status === 'rejected');
      await world.test.sql('ALTER TABLE refunds DISABLE TRIGGER refunds_terminal_immutable');
      await world.test.sql('DELETE FROM refunds WHERE order_id = $1', [paid.id]);
      await world.test.sql('ALTER TABLE refunds ENABLE TRIGGER refunds_terminal_immutable');
      expect(refused).toHaveLength(17);
      for (const { reason } of refused) {
        expect(reason).toMatchObject({ constraint: 'refunds_within_order_ck' });
      }
    });
  });
});
