import { randomUUID } from 'node:crypto';
import { api, newTrack, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

describe('invariants of money (07 7.6 as amended by 7.9)', () => {
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

  const insertRefund = (order: PaidOrder, over: Record<string, unknown> = {}): Promise<unknown> => {
    const row: Record<string, unknown> = {
      id: randomUUID(),
      order_id: order.id,
      psp_payment_id: order.paymentId,
      psp_refund_id: null,
      amount: 2500,
      currency: 'EUR',
      status: 'pending',
      next_check_at: new Date(),
      created_at: new Date(),
      updated_at: new Date(),
      ...over,
    };
    const columns = Object.keys(row);
    const values = columns.map((_, index) => `$${String(index + 1)}`).join(', ');
    return world.test.sql(
      `INSERT INTO refunds (${columns.join(', ')}) VALUES (${values})`,
      Object.values(row),
    );
  };
  const failedRefund = { status: 'failed', failed_at: new Date(), settled_by: 'refusal' };

  it('invariants 3 and 4: the state of an order follows from its refunds, all the way', async () => {
    const order = await world.paidOrder([seller]);
    await world.expectInvariants();
    const first = await world.openRefund(order);
    await world.expectInvariants();
    world.sandbox.failRefund(first.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    await world.expectInvariants();
    await world.refunded(order);
    await world.expectInvariants();
  });

  it('invariant 5 as amended: the database refuses a second open refund of an order', async () => {
    const order = await world.paidOrder([seller]);
    await world.openRefund(order);
    await expect(insertRefund(order, { amount: 1 })).rejects.toMatchObject({
      constraint: expect.stringMatching(/refunds_one_open_uq|refunds_within_order_ck/) as string,
    });
  });

  it('invariants 5 and 22: the database refuses open and succeeded refunds above what was captured', async () => {
    const order = await world.paidOrder([seller]);
    await expect(insertRefund(order, { amount: 2501 })).rejects.toMatchObject({
      constraint: 'refunds_within_order_ck',
    });
    await world.refunded(order);
    await expect(insertRefund(order, { amount: 1 })).rejects.toMatchObject({
      constraint: 'refunds_within_order_ck',
    });
  });

  it('invariant 7: the provider id is unique when set and never empty, and may be absent many times', async () => {
    const [first, second] = [await world.paidOrder([seller]), await world.paidOrder([seller])];
    const id = `ref_${randomUUID()}`;
    await insertRefund(first, { ...failedRefund, psp_refund_id: id });
    await expect(insertRefund(second, { ...failedRefund, psp_refund_id: id })).rejects.toMatchObject({
      constraint: 'refunds_psp_refund_id_uq',
    });
    await expect(insertRefund(second, { ...failedRefund, psp_refund_id: '' })).rejects.toMatchObject({
      constraint: 'refunds_psp_refund_id_ck',
    });
    await insertRefund(first, failedRefund);
    await insertRefund(second, failedRefund);
  });

  it.each([
    ['its state', `status = 'pending', succeeded_at = NULL, settled_by = NULL`],
    ['the moment of its success', `succeeded_at = now() + interval '1 day'`],
    ['its amount', 'amount = 1'],
    ['its provider id', `psp_refund_id = 'ref_other'`],
  ])('invariant 8: the database keeps %s of a settled refund', async (_, change) => {
    const order = await world.paidOrder([seller]);
    await world.refunded(order);
    await expect(
      world.test.sql(`UPDATE refunds SET ${change} WHERE order_id = $1`, [order.id]),
    ).rejects.toMatchObject({
      constraint: 'refunds_terminal_immutable_ck',
    });
  });

  it.each(['licenses', 'ledger_entries', 'seller_transfers', 'outbox_events'])(
    'invariant 9: a success that cannot write %s writes nothing, and is applied whole later',
    async (table) => {
      const order = await world.paidOrder([seller]);
      const refund = await world.openRefund(order);
      const before = await world.test.sql('SELECT * FROM refunds WHERE order_id = $1', [order.id]);
      const balance = await world.payable(seller.id);
      const when = table === 'outbox_events' ? `WHEN (NEW.type = 'refund.succeeded')` : '';
      await world.test.sql(`
        CREATE FUNCTION refuse_for_test() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'out of order for a test'; END $$;
        CREATE TRIGGER refuse_for_test BEFORE INSERT OR UPDATE ON ${table}
          FOR EACH ROW ${when} EXECUTE FUNCTION refuse_for_test()`);
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await waitFor(
        async () =>
          (
            await world.test.sql(
              `SELECT 1 FROM outbox_deliveries WHERE handler = 'payments.apply-webhook' AND last_error LIKE '%out of order%'`,
            )
          ).length,
      );
      expect(await world.test.sql('SELECT * FROM refunds WHERE order_id = $1', [order.id])).toEqual(before);
      expect((await world.order(order.id)).status).toBe('refund_pending');
      expect(await world.licenses(order.id)).toEqual(['active']);
      expect((await world.transfer(order.id)).status).toBe('completed');
      expect(await world.payable(seller.id)).toBe(balance);
      await world.test.sql(`DROP TRIGGER refuse_for_test ON ${table}; DROP FUNCTION refuse_for_test()`);
      await world.test.sql(
        `UPDATE outbox_deliveries SET due_at = now() WHERE handler = 'payments.apply-webhook' AND done_at IS NULL`,
      );
      await world.orderIs(order.id, 'refunded');
      await world.transfersAre(order.id, 'reversed');
    },
  );

  it('invariant 15: a bought file is downloadable while a refund is pending and never after it', async () => {
    const track = await newTrack(world.test, seller, { fields: { is_public: 'true' } });
    const created = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({
        title: 'A song',
        product_type: 'track',
        track_id: track.id,
        price: 2500,
        license_type: 'basic',
      })
      .expect(201);
    const productId = (created.body as { data: { id: string } }).data.id;
    const order = await world.pay(await world.placeOrder(await world.buyer(), [productId]));
    await world.transfersAre(order.id, 'completed');
    const download = () =>
      world.test.http.get(api(`/marketplace/download/${productId}`)).set(order.buyer.auth);
    await download().expect(200);
    const refund = await world.openRefund(order);
    const link = ((await download().expect(200)).body as { data: { download_url: string } }).data
      .download_url;
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    const refused = await download().expect(403);
    expect((refused.body as { error: { code: string } }).error.code).toBe('LICENSE_REVOKED');
    const { pathname, search } = new URL(link, world.test.url);
    await world.test.http.get(`${pathname}${search}`).set(order.buyer.auth).expect(403);
    await world.transfersAre(order.id, 'reversed');
  });

  it('invariant 19 and 7.9.4: an event that was unknown is matched as soon as its payment is booked', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_succeeded' } });
    world.sandbox.succeedPayment(order.paymentId);
    const made = world.sandbox.refundInDashboard(order.paymentId);
    world.sandbox.succeedRefund(made.id);
    await waitFor(async () => (await world.inbox(made.id))[0]?.status === 'unmatched');
    world.sandbox.resendWebhook(world.sandbox.events().find((one) => one.objectId === order.paymentId)!.id);
    await world.orderIs(order.id, 'completed');
    await world.test.sql(
      `UPDATE outbox_deliveries SET due_at = now() WHERE handler = 'payments.apply-webhook' AND done_at IS NULL`,
    );
    await world.orderIs(order.id, 'refunded');
    await world.transfersAre(order.id, 'reversed');
  });

  it('invariant 22: a full refund names the whole captured amount in minor units', async () => {
    const order = await world.paidOrder([seller], { priceMinor: 1999 });
    const { psp_refund_id: id } = await world.openRefund(order);
    const call = world.sandbox
      .requests()
      .find((one) => one.method === 'POST' && one.path === '/refunds' && one.body.includes(id));
    expect(JSON.parse(call!.body)).toMatchObject({
      refund_id: id,
      payment_id: order.paymentId,
      amount: 1999,
    });
  });

  it('invariant 23: refunds of orders that share their sellers in opposite order never deadlock', async () => {
    const other = await world.seller();
    const [mine, theirs] = [await world.product(seller, 1000), await world.product(other, 3000)];
    const orders = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const items = index % 2 === 0 ? [mine, theirs] : [theirs, mine];
        return world.pay(await world.placeOrder(await world.buyer(), items));
      }),
    );
    await Promise.all(orders.map((order) => world.transfersAre(order.id, 'completed', 2)));
    const refunds = await Promise.all(orders.map((order) => world.openRefund(order)));
    for (const refund of refunds) world.sandbox.succeedRefund(refund.psp_refund_id);
    await Promise.all(orders.map((order) => world.orderIs(order.id, 'refunded')));
    await Promise.all(orders.map((order) => world.transfersAre(order.id, 'reversed', 2)));
    const troubled = await world.test.sql(
      `SELECT last_error FROM outbox_deliveries WHERE last_error LIKE '%deadlock%'`,
    );
    expect(troubled).toEqual([]);
    expect(await world.payable(other.id)).toBe(0);
  });

  it('invariant 10 and I10: the same reports in any order and number end in the same state', async () => {
    const orders = await Promise.all(Array.from({ length: 8 }, () => world.paidOrder([seller])));
    await Promise.all(
      orders.map(async (order, index) => {
        const refund = await world.openRefund(order);
        world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund' } });
        world.sandbox.succeedRefund(refund.psp_refund_id);
        const reports = ['pending', 'succeeded', 'processing', 'succeeded', 'pending', 'succeeded'];
        const shuffled = [...reports.slice(index % 6), ...reports.slice(0, index % 6)];
        await Promise.all(shuffled.map((status) => world.deliver(world.refundEvent(refund, order, status))));
        await world.orderIs(order.id, 'refunded');
      }),
    );
    await Promise.all(orders.map((order) => world.transfersAre(order.id, 'reversed')));
    // Eight orders and 48 deliveries: five seconds alone, far more when other suites share the processors.
  }, 90_000);
});
