import { Client } from 'pg';
import { type Actor, api, newTrack, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

/** The lock of a track, as `exclusive-sales.repository.ts` takes it. */
const LOCK_TRACK = 'SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7912))';

describe('exclusive sales', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let buyer: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    buyer = await world.buyer();
  });
  afterEach(() => world.calm());
  afterAll(async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });

  const newTrackId = async (): Promise<string> => (await newTrack(world.test, seller)).id;
  const post = (body: object) =>
    world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title: 'A track', product_type: 'track', price: 1000, ...body });
  const offer = async (trackId: string, licenseType: string, change: object = {}): Promise<string> => {
    const response = await post({ track_id: trackId, license_type: licenseType, ...change }).expect(201);
    return (response.body as { data: { id: string } }).data.id;
  };
  const order = (productIds: string[], customer = buyer) =>
    world.test.http
      .post(api('/marketplace/orders'))
      .set(customer.auth)
      .send({ items: productIds.map((product_id) => ({ product_id })) });
  const statusOf = async (productId: string): Promise<string | undefined> =>
    (await world.test.sql<{ status: string }>('SELECT status FROM products WHERE id = $1', [productId]))[0]
      ?.status;
  const salesOf = async (trackId: string): Promise<string[]> =>
    (
      await world.test.sql<{ order_id: string }>(
        'SELECT order_id FROM exclusive_sales WHERE track_id = $1 AND released_at IS NULL',
        [trackId],
      )
    ).map((row) => row.order_id);
  const countProducts = async (): Promise<number> => (await world.test.sql('SELECT 1 FROM products')).length;
  const buyExclusively = async (trackId: string, customer = buyer): Promise<PaidOrder> =>
    world.pay(await world.placeOrder(customer, [await offer(trackId, 'exclusive')]));
  /** The automatic refund of an order, decided by the provider. */
  const givenBack = async (orderId: string): Promise<void> => {
    const refund = await waitFor(
      async () => {
        const [row] = await world.refunds(orderId);
        return row !== undefined && row.psp_ack_at !== null ? row : null;
      },
      { what: 'an acknowledged automatic refund' },
    );
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.refund(orderId)).status === 'succeeded', {
      what: 'a succeeded automatic refund',
    });
    expect(await world.refunds(orderId)).toHaveLength(1);
  };
  const waitingForLocks = (count: number): Promise<unknown> =>
    waitFor(
      async () =>
        (
          await world.test.sql(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
        ).length >= count,
      { what: `${String(count)} statements at the barrier` },
    );
  /** Holds the track as a sale in another process does, until the body is done; then that sale commits. */
  const whileSold = async <T>(
    trackId: string,
    soldBy: string | null,
    body: () => Promise<T>[],
    waiting = 1,
  ): Promise<T[]> => {
    const rival = new Client({ connectionString: world.test.database.url });
    await rival.connect();
    try {
      await rival.query('BEGIN');
      await rival.query(LOCK_TRACK, [trackId]);
      const answers = body();
      await waitingForLocks(waiting);
      if (soldBy !== null) {
        await rival.query(
          `INSERT INTO exclusive_sales (order_item_id, track_id, order_id, sold_at)
           SELECT id, $2, order_id, now() FROM order_items WHERE order_id = $1`,
          [soldBy, trackId],
        );
      }
      await rival.query('COMMIT');
      return await Promise.all(answers);
    } finally {
      await rival.end();
    }
  };

  it('takes every product with the track off sale, and leaves what was sold before', async () => {
    const [trackId, otherTrackId] = [await newTrackId(), await newTrackId()];
    const basic = await offer(trackId, 'basic');
    const earlier = await world.pay(await world.placeOrder(await world.buyer(), [basic]));
    const affected = [
      basic,
      await offer(trackId, 'unlimited'),
      await offer(trackId, 'premium', { status: 'draft' }),
      await offer(trackId, 'basic', {
        product_type: 'pack',
        track_id: undefined,
        track_ids: [otherTrackId, trackId],
      }),
    ];
    const unaffected = await offer(otherTrackId, 'basic');
    const sale = await buyExclusively(trackId);
    expect(await salesOf(trackId)).toEqual([sale.id]);
    for (const product of affected) expect(await statusOf(product)).toBe('archived');
    expect(await statusOf(unaffected)).toBe('active');
    expect(await world.licenses(earlier.id)).toEqual(['active']);
    expect(await world.licenses(sale.id)).toEqual(['active']);
    for (const product of [basic, affected[3]!]) {
      expect((await order([product]).expect(404)).body.error.code).toBe('PRODUCT_NOT_FOUND');
    }
    await world.transfersAre(sale.id, 'completed');
  });

  it('takes its own product off sale as well', async () => {
    const trackId = await newTrackId();
    const product = await offer(trackId, 'exclusive');
    await world.pay(await world.placeOrder(buyer, [product]));
    expect(await statusOf(product)).toBe('archived');
    await order([product], await world.buyer()).expect(404);
  });

  it('lets nobody offer the track again', async () => {
    const [trackId, otherTrackId] = [await newTrackId(), await newTrackId()];
    await buyExclusively(trackId);
    const free = await offer(otherTrackId, 'basic');
    const before = await countProducts();
    for (const change of [
      { track_id: trackId },
      { track_id: trackId, status: 'draft' },
      { product_type: 'pack', track_ids: [otherTrackId, trackId] },
    ]) {
      const { body } = await post(change).expect(409);
      expect(body.error).toMatchObject({ code: 'TRACK_SOLD_EXCLUSIVELY', data: { track_id: trackId } });
    }
    const put = world.test.http.put(api(`/marketplace/products/${free}`)).set(seller.auth);
    expect((await put.send({ track_id: trackId }).expect(409)).body.error.code).toBe(
      'TRACK_SOLD_EXCLUSIVELY',
    );
    expect(await countProducts()).toBe(before);
    const { body } = await world.test.http.get(api(`/marketplace/products/${free}`)).expect(200);
    expect(body.data.track_ids).toEqual([otherTrackId]);
  });

  it('gives the money back to who pays a moment later, for whatever licence', async () => {
    const trackId = await newTrackId();
    const [exclusive, basic] = [await offer(trackId, 'exclusive'), await offer(trackId, 'basic')];
    const late = [
      await world.placeOrder(await world.buyer(), [basic]),
      await world.placeOrder(await world.buyer(), [exclusive]),
    ];
    const sale = await world.pay(await world.placeOrder(buyer, [exclusive]));
    for (const one of late) {
      world.sandbox.succeedPayment(one.paymentId);
      await givenBack(one.id);
      expect((await world.order(one.id)).status).toBe('failed');
      expect(await world.licenses(one.id)).toEqual([]);
      expect(await world.exceptions('payment_exclusive_sold', one.id)).toBe(1);
    }
    expect(await salesOf(trackId)).toEqual([sale.id]);
    await world.expectBooksToAgree();
  });

  it('closes every track of an exclusive pack, against other packs too', async () => {
    const [first, shared, last] = [await newTrackId(), await newTrackId(), await newTrackId()];
    const packOf = (trackIds: string[]): Promise<string> =>
      offer('', 'exclusive', { product_type: 'pack', track_id: undefined, track_ids: trackIds });
    const [won, lost] = [await packOf([first, shared]), await packOf([shared, last])];
    const basics = [await offer(first, 'basic'), await offer(shared, 'basic'), await offer(last, 'basic')];
    const late = await world.placeOrder(await world.buyer(), [lost]);
    const sale = await world.pay(await world.placeOrder(buyer, [won]));
    world.sandbox.succeedPayment(late.paymentId);
    await givenBack(late.id);
    expect([await salesOf(first), await salesOf(shared), await salesOf(last)]).toEqual([
      [sale.id],
      [sale.id],
      [],
    ]);
    expect([await statusOf(basics[0]!), await statusOf(basics[1]!), await statusOf(basics[2]!)]).toEqual([
      'archived',
      'archived',
      'active',
    ]);
  });

  it('gives a free exclusive licence to one of 20 parallel orders', async () => {
    const trackId = await newTrackId();
    const product = await offer(trackId, 'exclusive', { price: 0 });
    const customers: Actor[] = [];
    for (let number = 0; number < 20; number += 1) customers.push(await world.buyer());
    const answers = await whileSold(
      trackId,
      null,
      () => customers.map((customer) => order([product], customer).then((answer) => answer)),
      10,
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    const codes = answers
      .filter((answer) => answer.status !== 201)
      .map((answer) => (answer.body as { error: { code: string } }).error.code);
    expect(codes).toHaveLength(19);
    // Who came before the sale finds it done at the end, who came after it finds the product gone.
    expect(codes.filter((code) => code !== 'EXCLUSIVE_SOLD' && code !== 'PRODUCT_NOT_FOUND')).toEqual([]);
    expect(await salesOf(trackId)).toHaveLength(1);
  }, 60_000);

  it('refuses a track of an exclusive licence twice in one order', async () => {
    const trackId = await newTrackId();
    const products = [await offer(trackId, 'basic'), await offer(trackId, 'exclusive')];
    const before = await world.test.sql('SELECT 1 FROM orders');
    const { body } = await order(products).expect(400);
    expect(body.error).toMatchObject({ code: 'EXCLUSIVE_OVERLAP', data: { track_id: trackId } });
    expect(await world.test.sql('SELECT 1 FROM orders')).toHaveLength(before.length);
  });

  it('has one winner of 20 parallel payments, and everybody else is served before or gets the money back', async () => {
    const trackId = await newTrackId();
    const [exclusive, basic] = [await offer(trackId, 'exclusive'), await offer(trackId, 'basic')];
    const orders: PaidOrder[] = [];
    for (let number = 0; number < 20; number += 1) {
      orders.push(await world.placeOrder(await world.buyer(), [number % 5 === 4 ? basic : exclusive]));
    }
    const rivals = orders.filter((_order, index) => index % 5 !== 4);
    await whileSold(
      trackId,
      null,
      () => {
        for (const one of orders) world.sandbox.succeedPayment(one.paymentId);
        return [];
      },
      3,
    );
    await waitFor(
      async () => {
        const pending = await world.test.sql(
          `SELECT 1 FROM orders WHERE id = ANY ($1::uuid[]) AND status = 'pending'`,
          [orders.map((one) => one.id)],
        );
        return pending.length === 0;
      },
      { what: 'every payment to be applied' },
    );
    const sales = await world.test.sql<{ order_id: string; sold_at: Date }>(
      'SELECT order_id, sold_at FROM exclusive_sales WHERE track_id = $1',
      [trackId],
    );
    expect(sales).toHaveLength(1);
    const won: string[] = [];
    for (const one of orders) {
      const { status } = await world.order(one.id);
      if (status === 'completed') {
        won.push(one.id);
        continue;
      }
      expect(status).toBe('failed');
      expect(await world.licenses(one.id)).toEqual([]);
      await givenBack(one.id);
    }
    expect(rivals.filter((one) => won.includes(one.id)).map((one) => one.id)).toEqual([sales[0]!.order_id]);
    const licenses = await world.test.sql<{ created_at: Date }>(
      `SELECT l.created_at FROM licenses l JOIN license_tracks t ON t.license_id = l.id
        WHERE t.track_id = $1 AND l.license_type = 'basic'`,
      [trackId],
    );
    for (const license of licenses) {
      expect(license.created_at.getTime()).toBeLessThanOrEqual(sales[0]!.sold_at.getTime());
    }
    expect(await statusOf(basic)).toBe('archived');
    await world.expectBooksToAgree();
    await world.expectInvariants();
  }, 60_000);

  describe('while the sale is being written by somebody else', () => {
    let soldBy: string;
    beforeAll(async () => {
      soldBy = (await world.pay(await world.placeOrder(buyer, [await world.product(seller, 100)]))).id;
    });

    it('refuses a free order of the track', async () => {
      const trackId = await newTrackId();
      const product = await offer(trackId, 'basic', { price: 0 });
      const before = await world.test.sql('SELECT 1 FROM orders');
      const [answer] = await whileSold(trackId, soldBy, () => [order([product]).then((one) => one)]);
      expect(answer?.status).toBe(409);
      expect(answer?.body.error).toMatchObject({ code: 'EXCLUSIVE_SOLD', data: { track_id: trackId } });
      expect(await world.test.sql('SELECT 1 FROM orders')).toHaveLength(before.length);
    });

    it('refuses a new offer of the track, and turning another product into one', async () => {
      const [trackId, otherTrackId] = [await newTrackId(), await newTrackId()];
      const product = await offer(otherTrackId, 'basic');
      const before = await countProducts();
      const answers = await whileSold(
        trackId,
        soldBy,
        () => [
          post({ track_id: trackId }).then((one) => one),
          world.test.http
            .put(api(`/marketplace/products/${product}`))
            .set(seller.auth)
            .send({ track_id: trackId })
            .then((one) => one),
        ],
        2,
      );
      expect(answers.map((answer) => answer.status)).toEqual([409, 409]);
      expect(await countProducts()).toBe(before);
    });
  });

  describe('a sale that is taken back', () => {
    it('lets the seller offer and sell the track again', async () => {
      const trackId = await newTrackId();
      const sale = await buyExclusively(trackId);
      await world.transfersAre(sale.id, 'completed');
      await world.refunded(sale);
      expect(await salesOf(trackId)).toEqual([]);
      const again = await buyExclusively(trackId, await world.buyer());
      expect(await salesOf(trackId)).toEqual([again.id]);
      await world.transfersAre(again.id, 'completed');
    });

    it('closes the track again when the provider takes the refund back', async () => {
      const trackId = await newTrackId();
      const sale = await buyExclusively(trackId);
      await world.transfersAre(sale.id, 'completed');
      const refund = await world.refunded(sale);
      await world.transfersAre(sale.id, 'reversed');
      const product = await offer(trackId, 'basic');
      world.sandbox.failRefund(refund.psp_refund_id);
      await world.orderIs(sale.id, 'completed');
      expect(await world.licenses(sale.id)).toEqual(['active']);
      expect(await salesOf(trackId)).toEqual([sale.id]);
      expect(await statusOf(product)).toBe('archived');
      await world.quiet();
    });

    it('does not close it twice when somebody else bought it exclusively meanwhile', async () => {
      const trackId = await newTrackId();
      const sale = await buyExclusively(trackId);
      await world.transfersAre(sale.id, 'completed');
      const refund = await world.refunded(sale);
      await world.transfersAre(sale.id, 'reversed');
      const second = await buyExclusively(trackId, await world.buyer());
      world.sandbox.failRefund(refund.psp_refund_id);
      await world.orderIs(sale.id, 'completed');
      expect(await salesOf(trackId)).toEqual([second.id]);
      expect(await world.exceptions('refund_failed_after_success', sale.id)).toBe(1);
      await world.quiet();
    });
  });
});
