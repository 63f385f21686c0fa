import { createHmac, randomUUID } from 'node:crypto';
import { OrderSettlement } from '../../../../src/core/marketplace/orders/order-settlement.service.js';
import type { ProviderEvent } from '../../../../src/core/marketplace/payments/index.js';
import { type Actor, api, newTrack, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const WEBHOOK_SECRET = 'sandbox-hyperswitch-secret';

describe('what payments make of orders', () => {
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

  /** A delivery signed with our secret, as the provider or somebody who stole its words would send it. */
  const deliver = (body: object) => {
    const raw = JSON.stringify(body);
    return world.test.http
      .post(api('/webhooks/hyperswitch'))
      .set('content-type', 'application/json')
      .set('x-webhook-signature-512', createHmac('sha512', WEBHOOK_SECRET).update(raw).digest('hex'))
      .send(raw);
  };
  const delivery = (order: PaidOrder, status: string, change: object = {}) => ({
    event_id: `evt_${randomUUID()}`,
    event_type: `payment_${status}`,
    content: {
      type: 'payment_details',
      object: {
        payment_id: order.paymentId,
        status,
        amount: order.totalMinor,
        amount_received: status === 'succeeded' ? order.totalMinor : null,
        currency: 'EUR',
        updated: new Date().toISOString(),
        ...change,
      },
    },
  });
  const outcomeOf = (eventId: string): Promise<string> =>
    waitFor(async () => {
      const [row] = await world.test.sql<{ status: string }>(
        'SELECT status FROM webhook_events WHERE event_id = $1',
        [eventId],
      );
      return row === undefined || row.status === 'received' ? null : row.status;
    });
  /** The provider captures the money and says nothing by itself. */
  const captureSilently = (
    order: PaidOrder,
    outcome: { amountMinor?: number; currency?: string } = {},
  ): void => {
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_succeeded' } });
    world.sandbox.succeedPayment(order.paymentId, outcome);
  };
  const tell = async (
    order: PaidOrder,
    status: string,
    change: { amount_received?: number; currency?: string; updated?: string } = {},
  ): Promise<string> => {
    if (status === 'succeeded')
      captureSilently(order, { amountMinor: change.amount_received, currency: change.currency });
    const body = delivery(order, status, change);
    await deliver(body).expect(200);
    return outcomeOf(body.event_id);
  };
  const newOrder = async (priceMinor = 2500, customer = buyer): Promise<PaidOrder> =>
    world.placeOrder(customer, [await world.product(seller, priceMinor)]);
  const postings = async (orderId: string): Promise<string[]> =>
    (
      await world.test.sql<{ kind: string }>('SELECT kind FROM ledger_transactions WHERE order_id = $1', [
        orderId,
      ])
    ).map((row) => row.kind);
  const completions = async (orderId: string): Promise<number> =>
    (
      await world.test.sql(
        `SELECT 1 FROM outbox_events WHERE type = 'order.completed' AND aggregate_id = $1`,
        [orderId],
      )
    ).length;
  /** What the ledger says that the provider holds for an order, in minor units. */
  const bookedOf = async (orderId: string): Promise<number> => {
    const [row] = await world.test.sql<{ booked: string }>(
      `SELECT -coalesce(sum(e.amount_minor), 0) AS booked
         FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
         JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'psp_clearing'
        WHERE t.order_id = $1`,
      [orderId],
    );
    return Number(row?.booked);
  };
  const expectUntouched = async (order: PaidOrder, status: string): Promise<void> => {
    expect(await world.order(order.id)).toMatchObject({ status, completed_at: null });
    expect(await world.licenses(order.id)).toEqual([]);
    expect(await postings(order.id)).toEqual([]);
    expect(await completions(order.id)).toBe(0);
  };

  /** The money is booked as the buyer's, once, and nothing was sold. */
  const expectKept = async (order: PaidOrder, status: string): Promise<void> => {
    expect(await world.order(order.id)).toMatchObject({ status, completed_at: null });
    expect(await world.licenses(order.id)).toEqual([]);
    expect((await postings(order.id))[0]).toBe('payment_unfulfilled');
    expect((await postings(order.id)).filter((kind) => kind === 'payment_unfulfilled')).toHaveLength(1);
    expect(await completions(order.id)).toBe(0);
  };

  it('completes a paid order with licences, ledger, deadline and announcement', async () => {
    const order = await world.pay(await newOrder(1000));
    const [row] = await world.test.sql<{ completed_at: Date; refund_deadline: Date; payment_status: string }>(
      'SELECT completed_at, refund_deadline, payment_status FROM orders WHERE id = $1',
      [order.id],
    );
    expect(row?.payment_status).toBe('succeeded');
    expect(row!.refund_deadline.getTime() - row!.completed_at.getTime()).toBe(14 * 24 * 3_600_000);
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await postings(order.id)).toEqual(['order_completed']);
    expect(await completions(order.id)).toBe(1);
    await world.transfersAre(order.id, 'completed');
    await world.expectBooksToAgree();
  });

  it('sends one receipt, in the words of the order', async () => {
    const order = await world.pay(await newOrder(1234));
    const sent = await waitFor(async () => {
      const rows = await world.test.sql<{
        payload: { to: string; template: string; data: Record<string, unknown> };
      }>(`SELECT payload FROM outbox_events WHERE type LIKE 'mail.%' AND payload->'data'->>'order_id' = $1`, [
        order.id,
      ]);
      return rows.length > 0 ? rows : null;
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.payload).toMatchObject({
      to: buyer.email,
      template: 'receipt',
      data: { total_minor: 1234, currency: 'EUR', items: [{ title: 'Mixing', amount_minor: 1234 }] },
    });
  });

  it('takes 50 parallel deliveries of one event as one', async () => {
    const order = await newOrder();
    captureSilently(order);
    const body = delivery(order, 'succeeded');
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(body)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    await world.orderIs(order.id, 'completed');
    expect(
      await world.test.sql('SELECT 1 FROM webhook_events WHERE event_id = $1', [body.event_id]),
    ).toHaveLength(1);
    expect(await postings(order.id)).toEqual(['order_completed']);
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await completions(order.id)).toBe(1);
    await world.expectBooksToAgree();
  });

  it('takes 50 parallel events with ids of their own as one', async () => {
    const order = await newOrder();
    captureSilently(order);
    const bodies = Array.from({ length: 50 }, () => delivery(order, 'succeeded'));
    await Promise.all(bodies.map((body) => deliver(body).expect(200)));
    const outcomes = await Promise.all(bodies.map((body) => outcomeOf(body.event_id)));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'ignored')).toHaveLength(49);
    expect(await postings(order.id)).toEqual(['order_completed']);
    expect(await completions(order.id)).toBe(1);
    await world.expectBooksToAgree();
  });

  it('keeps its guard when 20 reducers run at the same moment on connections of their own', async () => {
    const order = await newOrder();
    captureSilently(order);
    const settlement = world.test.app.get(OrderSettlement, { strict: false });
    const event: ProviderEvent = {
      webhookEventId: randomUUID(),
      provider: 'hyperswitch',
      kind: 'payment',
      eventType: 'payment_succeeded',
      objectId: order.paymentId,
      status: 'succeeded',
      amountMinor: order.totalMinor,
      currency: 'EUR',
      updatedAt: new Date(),
      object: {},
      source: 'webhook',
    };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => settlement.apply(order.id, event)));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await postings(order.id)).toEqual(['order_completed']);
    await world.expectBooksToAgree();
  });

  it.each([
    ['too little', { amount_received: 2499 }],
    ['too much', { amount_received: 2501 }],
    ['another currency', { currency: 'USD' }],
  ])('grants nothing for %s and asks a person', async (_what, change) => {
    const order = await newOrder();
    expect(await tell(order, 'succeeded', change)).toBe('contradiction');
    await expectKept(order, 'failed');
    expect(await world.exceptions('payment_amount_mismatch', order.id)).toBe(1);
    expect(await tell(order, 'succeeded', change)).toBe('ignored');
    await expectKept(order, 'failed');
    expect(await world.exceptions('payment_amount_mismatch', order.id)).toBe(1);
    expect(await world.refunds(order.id)).toEqual([]);
  });

  it('sees what the sandbox says when less was captured', async () => {
    const order = await newOrder();
    world.sandbox.succeedPayment(order.paymentId, { amountMinor: 100 });
    await waitFor(async () => (await world.exceptions('payment_amount_mismatch', order.id)) === 1);
    await expectKept(order, 'failed');
  });

  it('asks the provider for the amount when a flat delivery does not say it (S1)', async () => {
    const order = await newOrder();
    const forged = { event_type: 'payment.succeeded', payment_id: order.paymentId, status: 'succeeded' };
    await deliver({ ...forged, event_id: 'evt_too_early' }).expect(200);
    expect(await outcomeOf('evt_too_early')).toBe('applied');
    await expectUntouched(order, 'pending');
    captureSilently(order);
    await deliver(forged).expect(200);
    await world.orderIs(order.id, 'completed');
    await world.quiet();
  });

  it.each([
    ['failed', 'failed', 'PAYMENT_FAILED'],
    ['expired', 'expired', 'PAYMENT_EXPIRED'],
    ['cancelled', 'cancelled', 'PAYMENT_CANCELLED'],
  ])('ends an order whose payment %s', async (word, status, code) => {
    const order = await newOrder();
    expect(await tell(order, word)).toBe('applied');
    await expectUntouched(order, status);
    expect(await world.order(order.id)).toMatchObject({ failure_code: code });
    expect(await tell(order, word)).toBe('ignored');
  });

  it('notes what is under way and changes nothing else', async () => {
    const order = await newOrder();
    expect(await tell(order, 'processing')).toBe('applied');
    await expectUntouched(order, 'pending');
    expect(await world.order(order.id)).toMatchObject({ payment_status: 'processing' });
  });

  it('completes late after a failure while the product is for sale (07 7.9.11)', async () => {
    const order = await newOrder();
    world.sandbox.failPayment(order.paymentId);
    await world.orderIs(order.id, 'failed');
    await world.pay(order);
    expect(await world.order(order.id)).toMatchObject({ failure_code: null });
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await bookedOf(order.id)).toBe(order.totalMinor);
  });

  it('ignores a failure that arrives after the success that followed it', async () => {
    const order = await newOrder();
    const failedAt = new Date(Date.now() - 60_000).toISOString();
    await world.pay(order);
    expect(await tell(order, 'failed', { updated: failedAt })).toBe('ignored');
    expect(await world.order(order.id)).toMatchObject({ status: 'completed' });
    expect(await world.exceptions('payment_lost_after_success', order.id)).toBe(0);
  });

  it('asks a person when a completed order is said to have lost its payment', async () => {
    const order = await world.pay(await newOrder());
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await tell(order, 'failed', { updated: later })).toBe('contradiction');
    expect(await world.order(order.id)).toMatchObject({ status: 'completed' });
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await world.exceptions('payment_lost_after_success', order.id)).toBe(1);
  });

  it('asks a person when the product is gone before a late success', async () => {
    const product = await world.product(seller, 2500);
    const order = await world.placeOrder(buyer, [product]);
    expect(await tell(order, 'expired')).toBe('applied');
    await world.test.http
      .delete(api(`/marketplace/products/${product}`))
      .set(seller.auth)
      .expect(200);
    expect(await tell(order, 'succeeded')).toBe('contradiction');
    await expectKept(order, 'expired');
    expect(await world.exceptions('payment_late_not_for_sale', order.id)).toBe(1);
  });

  it('completes an order in time although its product was archived meanwhile', async () => {
    const product = await world.product(seller, 2500);
    const order = await world.placeOrder(buyer, [product]);
    await world.test.http
      .delete(api(`/marketplace/products/${product}`))
      .set(seller.auth)
      .expect(200);
    expect(await tell(order, 'succeeded')).toBe('applied');
    expect(await world.licenses(order.id)).toEqual(['active']);
  });

  it('never completes a cancelled order', async () => {
    const order = await newOrder();
    expect(await tell(order, 'cancelled')).toBe('applied');
    expect(await tell(order, 'succeeded')).toBe('contradiction');
    await expectKept(order, 'cancelled');
    expect(await world.exceptions('payment_after_cancel', order.id)).toBe(1);
  });

  it('ignores a repeated success after a refund: no second licence, no second credit (07 7.7 h)', async () => {
    const order = await world.paidOrder([seller]);
    await world.refunded(order);
    expect(await tell(order, 'succeeded')).toBe('ignored');
    expect(await world.order(order.id)).toMatchObject({ status: 'refunded' });
    expect(await world.licenses(order.id)).toEqual(['revoked']);
    expect(await postings(order.id)).toEqual(['order_completed', 'refund_succeeded']);
  });

  it('is applied again after a crash between its effect and its record', async () => {
    const order = await newOrder();
    captureSilently(order);
    const body = delivery(order, 'succeeded');
    await deliver(body).expect(200);
    expect(await outcomeOf(body.event_id)).toBe('applied');
    await world.quiet();
    await world.test.sql(`UPDATE webhook_events SET status = 'received' WHERE event_id = $1`, [
      body.event_id,
    ]);
    await world.test.sql(
      `UPDATE outbox_deliveries SET done_at = NULL, due_at = now(), lease_until = NULL WHERE event_id IN (
         SELECT e.id FROM outbox_events e JOIN webhook_events w ON w.id::text = e.aggregate_id WHERE w.event_id = $1)`,
      [body.event_id],
    );
    expect(await outcomeOf(body.event_id)).toBe('ignored');
    expect(await postings(order.id)).toEqual(['order_completed']);
    expect(await completions(order.id)).toBe(1);
  });

  describe('owning a product once', () => {
    let trackProduct: () => Promise<string>;
    beforeAll(async () => {
      const { id } = await newTrack(world.test, seller);
      trackProduct = async () => {
        const body = { title: 'Track', product_type: 'track', track_id: id, price: 500 };
        const response = await world.test.http
          .post(api('/marketplace/products'))
          .set(seller.auth)
          .send(body)
          .expect(201);
        return (response.body as { data: { id: string } }).data.id;
      };
    });
    const buy = (product: string, customer: Actor) =>
      world.test.http
        .post(api('/marketplace/orders'))
        .set(customer.auth)
        .send({ items: [{ product_id: product }] });

    it('refuses to sell it again while the licence is active', async () => {
      const product = await trackProduct();
      await world.pay(await world.placeOrder(buyer, [product]));
      const { body } = await buy(product, buyer).expect(409);
      expect(body.error).toMatchObject({ code: 'ALREADY_OWNED', data: { product_ids: [product] } });
      await buy(product, await world.buyer()).expect(201);
    });

    it('sells it again after a refund', async () => {
      const customer = await world.buyer();
      const product = await trackProduct();
      const order = await world.pay(await world.placeOrder(customer, [product]));
      await world.transfersAre(order.id, 'completed');
      await world.refunded(order);
      await buy(product, customer).expect(201);
    });

    it('sells a service as often as wanted', async () => {
      const product = await world.product(seller, 300);
      for (let time = 0; time < 2; time += 1) await world.pay(await world.placeOrder(buyer, [product]));
    });

    it('grants one licence for 20 parallel purchases that are all paid', async () => {
      const customer = await world.buyer();
      const product = await trackProduct();
      const answers = await Promise.all(Array.from({ length: 20 }, () => buy(product, customer)));
      expect(answers.every((answer) => answer.status === 201)).toBe(true);
      const orders = answers.map((answer) => {
        const { order, payment } = answer.body.data as {
          order: { id: string };
          payment: { payment_id: string };
        };
        return { id: order.id, paymentId: payment.payment_id, buyer: customer, totalMinor: 500 };
      });
      const outcomes = await Promise.all(orders.map((order) => tell(order, 'succeeded')));
      expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'contradiction')).toHaveLength(19);
      const licenses = await world.test.sql(
        'SELECT 1 FROM licenses WHERE buyer_id = $1 AND product_id = $2',
        [customer.id, product],
      );
      expect(licenses).toHaveLength(1);
      const states = await Promise.all(orders.map(async (order) => (await world.order(order.id)).status));
      expect(states.filter((status) => status === 'completed')).toHaveLength(1);
      const raised = await Promise.all(
        orders.map((order) => world.exceptions('payment_already_owned', order.id)),
      );
      expect(raised.reduce((sum, one) => sum + one, 0)).toBe(19);
      await world.quiet();
      const booked = await Promise.all(orders.map((order) => postings(order.id)));
      expect(booked.filter(([first]) => first === 'order_completed')).toHaveLength(1);
      expect(booked.filter(([first]) => first === 'payment_unfulfilled')).toHaveLength(19);
      const refunds = await Promise.all(orders.map((order) => world.refunds(order.id)));
      expect(refunds.map((rows) => rows.length).sort()).toEqual([0, ...Array.from({ length: 19 }, () => 1)]);
    });

    it('gives a free product once to 20 parallel requests', async () => {
      const customer = await world.buyer();
      const { id } = await newTrack(world.test, seller);
      const offer = { title: 'Free', product_type: 'track', track_id: id, price: 0 };
      const created = await world.test.http
        .post(api('/marketplace/products'))
        .set(seller.auth)
        .send(offer)
        .expect(201);
      const product = (created.body as { data: { id: string } }).data.id;
      const answers = await Promise.all(Array.from({ length: 20 }, () => buy(product, customer)));
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
      const refusals = answers.filter((answer) => answer.status === 409);
      expect(refusals).toHaveLength(19);
      expect(
        refusals.every(
          (answer) => (answer.body as { error: { code: string } }).error.code === 'ALREADY_OWNED',
        ),
      ).toBe(true);
      expect(await world.test.sql('SELECT 1 FROM orders WHERE buyer_id = $1', [customer.id])).toHaveLength(1);
      expect(await world.test.sql('SELECT 1 FROM licenses WHERE buyer_id = $1', [customer.id])).toHaveLength(
        1,
      );
    });
  });

  it('leaves both books in agreement, with what bought nothing on an account of its own', async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
});
