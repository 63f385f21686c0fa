import { randomUUID } from 'node:crypto';
import { AppConfig } from '../../../../src/infrastructure/config/index.js';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface ReceiptMail {
  to: string;
  template: string;
  language: string;
  data: {
    items: { title: string; license_number: string; verify_url: string }[];
    [field: string]: unknown;
  };
}

describe('receipts', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let buyer: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    buyer = await world.buyer();
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const mailsOf = async (orderId: string): Promise<ReceiptMail[]> => {
    const rows = await world.test.sql<{ payload: ReceiptMail }>(
      `SELECT payload FROM outbox_events WHERE type = 'mail.requested' AND payload->'data'->>'order_id' = $1
        ORDER BY id`,
      [orderId],
    );
    return rows.map((row) => row.payload);
  };
  const mailsAre = (orderId: string, count: number): Promise<ReceiptMail[]> =>
    waitFor(
      async () => {
        const mails = await mailsOf(orderId);
        return mails.length === count ? mails : null;
      },
      { what: `${String(count)} mails` },
    );
  const buy = async (priceMinor = 1234, currency = 'EUR'): Promise<PaidOrder> => {
    const order = await world.placeOrder(buyer, [await world.product(seller, priceMinor, currency)]);
    return order.paymentId === '' ? order : world.pay(order);
  };
  const numberOf = async (orderId: string): Promise<string> =>
    (
      await world.test.sql<{ number: string }>('SELECT number FROM licenses WHERE order_id = $1', [orderId])
    )[0]!.number;
  const momentsOf = async (orderId: string): Promise<{ completed: string; deadline: string }> => {
    const [row] = await world.test.sql<{ completed_at: Date; refund_deadline: Date }>(
      'SELECT completed_at, refund_deadline FROM orders WHERE id = $1',
      [orderId],
    );
    return { completed: row!.completed_at.toISOString(), deadline: row!.refund_deadline.toISOString() };
  };
  const ask = (orderId: string, actor: Actor | null = buyer) =>
    world.test.http.post(api(`/marketplace/orders/${orderId}/receipt`)).set(actor?.auth ?? {});

  it('say what was paid, when, for which licences, and until when it can be given back', async () => {
    const order = await buy();
    const [mail] = await mailsAre(order.id, 1);
    const { completed, deadline } = await momentsOf(order.id);
    const number = await numberOf(order.id);
    expect(mail).toMatchObject({ to: buyer.email, template: 'receipt' });
    expect(mail?.data).toEqual({
      name: expect.any(String) as string,
      order_id: order.id,
      paid_at: completed,
      items: [
        {
          title: 'Mixing',
          list_minor: 1234,
          discount_minor: 0,
          amount_minor: 1234,
          license_number: number,
          verify_url: `${world.test.app.get(AppConfig).publicApiUrl}/api/v1/licenses/verify/${number}`,
        },
      ],
      total_minor: 1234,
      currency: 'EUR',
      is_free: false,
      refund_deadline: deadline,
    });
    const { pathname } = new URL(mail!.data.items[0]!.verify_url);
    expect((await world.test.http.get(pathname).expect(200)).body.data).toMatchObject({ valid: true });
  });

  it('show the list price and the discount of each item', async () => {
    const code = `LESS-${randomUUID().slice(0, 8).toUpperCase()}`;
    await world.test.http
      .post(api('/marketplace/discount-codes'))
      .set(seller.auth)
      .send({ code, percent_bps: 2_500 })
      .expect(201);
    const product_id = await world.product(seller, 1_001);
    const { body } = await world.test.http
      .post(api('/marketplace/orders'))
      .set(buyer.auth)
      .send({ items: [{ product_id }], discount_code: code })
      .expect(201);
    const { order, payment } = (body as { data: { order: { id: string }; payment: { payment_id: string } } })
      .data;
    await world.pay({ id: order.id, paymentId: payment.payment_id, buyer, totalMinor: 751 });
    const [mail] = await mailsAre(order.id, 1);
    expect(mail?.data).toMatchObject({
      items: [{ list_minor: 1_001, discount_minor: 250, amount_minor: 751 }],
      total_minor: 751,
    });
  });

  it('say of a free order that nothing was to be paid', async () => {
    const order = await buy(0);
    const [mail] = await mailsAre(order.id, 1);
    expect(mail?.data).toMatchObject({ total_minor: 0, is_free: true, refund_deadline: null });
  });

  it('are sent once, however often the event is delivered', async () => {
    const order = await buy(800, 'JPY');
    await mailsAre(order.id, 1);
    await world.quiet();
    for (let round = 0; round < 3; round += 1) {
      await world.test.sql(
        `UPDATE outbox_deliveries SET done_at = NULL, due_at = now() FROM outbox_events e
          WHERE e.id = event_id AND handler = 'orders.send-receipt' AND e.payload->>'orderId' = $1`,
        [order.id],
      );
      await world.quiet();
    }
    const mails = await mailsOf(order.id);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.data).toMatchObject({ total_minor: 800, currency: 'JPY' });
  });

  describe('POST /marketplace/orders/:id/receipt', () => {
    it('sends the same receipt once more to its buyer', async () => {
      const order = await buy();
      const [first] = await mailsAre(order.id, 1);
      const answer = await ask(order.id).expect(202);
      expect(answer.body).toMatchObject({ success: true, data: null });
      const mails = await mailsAre(order.id, 2);
      expect(mails[1]).toEqual(first);
    });

    it('is 404 for everybody else, as for an order that does not exist, and sends nothing', async () => {
      const order = await buy();
      await mailsAre(order.id, 1);
      for (const actor of [await world.buyer(), seller, await world.admin()]) {
        const foreign = await ask(order.id, actor).expect(404);
        const absent = await ask(randomUUID(), actor).expect(404);
        expect(foreign.body.error).toEqual(absent.body.error);
        expect(foreign.body.error.code).toBe('ORDER_NOT_FOUND');
      }
      expect((await ask(order.id, null).expect(401)).body.error.code).toBe('AUTH_TOKEN_INVALID');
      expect((await ask('1').expect(400)).body.error.code).toBe('VALIDATION_ERROR');
      await world.quiet();
      expect(await mailsOf(order.id)).toHaveLength(1);
    });

    it('is 409 for an order that nobody has paid', async () => {
      const order = await world.placeOrder(buyer, [await world.product(seller, 900)]);
      expect((await ask(order.id).expect(409)).body.error.code).toBe('ORDER_NOT_COMPLETED');
      expect(await mailsOf(order.id)).toEqual([]);
    });
  });

  it('leave both books in agreement', async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
});
