import { randomUUID } from 'node:crypto';
import { type Actor, api, loginActor, newTrack } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

interface OrderBody {
  id: string;
  buyer_id: string;
  status: string;
  total_amount: number;
  items: {
    id: string;
    product_id: string;
    seller_id: string;
    unit_price: number;
    platform_fee: number;
    net_amount: number;
  }[];
  [field: string]: unknown;
}
interface PaymentBody {
  provider: string;
  payment_id: string;
  client_secret: string | null;
  status: string;
}

describe('orders', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let secondSeller: Seller;
  let buyer: Actor;
  let stranger: Actor;
  let admin: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    secondSeller = await world.seller();
    buyer = await world.buyer();
    stranger = await world.buyer();
    admin = await world.admin();
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const post = (productIds: unknown[], actor: Actor | null = buyer, key?: string) =>
    world.test.http
      .post(api('/marketplace/orders'))
      .set({ ...actor?.auth, ...(key === undefined ? {} : { 'Idempotency-Key': key }) })
      .send({ items: productIds.map((product_id) => ({ product_id })) });
  const place = async (
    productIds: string[],
    actor = buyer,
  ): Promise<{ order: OrderBody; payment: PaymentBody | null }> =>
    (await post(productIds, actor).expect(201)).body.data as {
      order: OrderBody;
      payment: PaymentBody | null;
    };
  const countOrders = async (): Promise<number> => (await world.test.sql('SELECT 1 FROM orders')).length;
  const paymentsOf = (orderId: string) =>
    world.sandbox.books().payments.filter((one) => one.orderReference === orderId);

  describe('POST /marketplace/orders', () => {
    it('freezes prices and fees, opens the payment under our id and answers how to pay', async () => {
      const first = await world.product(seller, 1005);
      const second = await world.product(secondSeller, 333);
      const { order, payment } = await place([first, second]);
      expect(order).toMatchObject({
        buyer_id: buyer.id,
        status: 'pending',
        total_amount: 1338,
        currency: 'EUR',
        refunded_amount: 0,
        refund_deadline: null,
        completed_at: null,
        items: [
          {
            product_id: first,
            seller_id: seller.id,
            title: 'Mixing',
            license_type: 'basic',
            unit_price: 1005,
            platform_fee: 101,
            net_amount: 904,
          },
          {
            product_id: second,
            seller_id: secondSeller.id,
            unit_price: 333,
            platform_fee: 33,
            net_amount: 300,
          },
        ],
      });
      expect(payment).toMatchObject({ provider: 'hyperswitch', status: 'requires_payment_method' });
      expect(payment?.payment_id).toMatch(/^pay_[0-9a-z]{26}$/);
      expect(payment?.client_secret).toContain('secret');
      expect(paymentsOf(order.id)).toEqual([
        expect.objectContaining({
          id: payment?.payment_id,
          amountMinor: 1338,
          currency: 'EUR',
          customerId: buyer.id,
        }),
      ]);
      const stored = await world.test.sql('SELECT * FROM orders WHERE id = $1', [order.id]);
      expect(JSON.stringify(stored)).not.toContain(payment?.client_secret);
    });

    it('keeps the fee of an order whatever happens to the product', async () => {
      const product = await world.product(seller, 1000);
      const { order, payment } = await place([product]);
      await world.test.http
        .put(api(`/marketplace/products/${product}`))
        .set(seller.auth)
        .send({ price: 1 })
        .expect(200);
      await world.pay({ id: order.id, paymentId: payment?.payment_id ?? '', buyer, totalMinor: 1000 });
      expect(
        await world.test.sql('SELECT unit_price, platform_fee FROM order_items WHERE order_id = $1', [
          order.id,
        ]),
      ).toEqual([{ unit_price: '1000', platform_fee: '100' }]);
    });

    it('completes a free order at once and asks no provider', async () => {
      await world.quiet();
      const calls = world.sandbox.requests().length;
      const { order, payment } = await place([await world.product(seller, 0)]);
      expect(payment).toBeNull();
      expect(order).toMatchObject({ status: 'completed', total_amount: 0 });
      expect(await world.licenses(order.id)).toEqual(['active']);
      await world.quiet();
      expect(world.sandbox.requests()).toHaveLength(calls);
      expect(
        await world.test.sql('SELECT 1 FROM ledger_transactions WHERE order_id = $1', [order.id]),
      ).toEqual([]);
      expect(await world.transfers(order.id)).toEqual([]);
    });

    it.each([
      ['no items', { items: [] }, 'items'],
      ['no list', {}, 'items'],
      ['51 items', { items: Array.from({ length: 51 }, () => ({ product_id: randomUUID() })) }, 'items'],
      ['an id that is none', { items: [{ product_id: 'x' }] }, 'items.0.product_id'],
      ['an unknown field', { items: [{ product_id: randomUUID(), price: 1 }] }, 'items.0.price'],
      ['a price of its own', { items: [{ product_id: randomUUID() }], total_amount: 1 }, 'total_amount'],
      ['null', { items: [null] }, 'items.0'],
      ['items as text', { items: 'all' }, 'items'],
    ])('refuses %s', async (_what, body, field) => {
      const before = await countOrders();
      const response = await world.test.http
        .post(api('/marketplace/orders'))
        .set(buyer.auth)
        .send(body)
        .expect(400);
      expect(response.body.error.code).toBe('VALIDATION_ERROR');
      expect(
        (response.body.error.details as { field: string }[]).map((one) =>
          one.field.replace(/^items\.0$/, 'items.0'),
        ),
      ).toContainEqual(field === 'items.0' ? expect.stringMatching(/^items/) : field);
      expect(await countOrders()).toBe(before);
    });

    it('refuses the same product twice, in whatever spelling', async () => {
      const product = await world.product(seller, 100);
      const before = await countOrders();
      expect((await post([product, product.toUpperCase()]).expect(400)).body.error.code).toBe(
        'VALIDATION_ERROR',
      );
      expect(await countOrders()).toBe(before);
    });

    it('refuses two currencies, own products, and what is not on show', async () => {
      const before = await countOrders();
      const calls = world.sandbox.requests().length;
      const euro = await world.product(seller, 100);
      const dollar = await world.product(seller, 100, 'USD');
      expect((await post([euro, dollar]).expect(400)).body.error.code).toBe('MIXED_CURRENCIES');
      expect((await post([euro], seller).expect(400)).body.error).toMatchObject({
        code: 'OWN_PRODUCT',
        data: { product_id: euro },
      });
      expect((await post([euro, randomUUID()]).expect(404)).body.error.code).toBe('PRODUCT_NOT_FOUND');
      await world.test.http
        .delete(api(`/marketplace/products/${euro}`))
        .set(seller.auth)
        .expect(200);
      expect((await post([euro]).expect(404)).body.error.code).toBe('PRODUCT_NOT_FOUND');
      expect(await countOrders()).toBe(before);
      expect(world.sandbox.requests()).toHaveLength(calls);
    });

    it('refuses what can no longer be delivered, although it is on show', async () => {
      const { id } = await newTrack(world.test, seller);
      const offer = { title: 'Track', product_type: 'track', track_id: id, price: 100 };
      const created = await world.test.http
        .post(api('/marketplace/products'))
        .set(seller.auth)
        .send(offer)
        .expect(201);
      const product = (created.body as { data: { id: string } }).data.id;
      await world.test.sql('UPDATE tracks SET deleted_at = now() WHERE id = $1', [id]);
      const before = await countOrders();
      expect((await post([product]).expect(409)).body.error).toMatchObject({
        code: 'PRODUCT_UNAVAILABLE',
        data: { product_id: product },
      });
      expect(await countOrders()).toBe(before);
    });

    it('refuses strangers without a token', async () => {
      const before = await countOrders();
      await post([await world.product(seller, 100)], null).expect(401);
      expect(await countOrders()).toBe(before);
    });
  });

  describe('the Idempotency-Key of an order', () => {
    it('gives the same order and the same payment again', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      const first = await post([product], buyer, key).expect(201);
      const second = await post([product], buyer, key).expect(201);
      expect(second.body.data).toEqual(first.body.data);
      expect(paymentsOf(first.body.data.order.id as string)).toHaveLength(1);
    });

    it('is refused for another request, and belongs to one user', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      const first = await post([product], buyer, key).expect(201);
      const other = await world.product(seller, 1);
      expect((await post([other], buyer, key).expect(422)).body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      const theirs = await post([product], stranger, key).expect(201);
      expect(theirs.body.data.order.id).not.toBe(first.body.data.order.id);
    });

    it('opens one order and one payment for 20 parallel requests', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      const before = await countOrders();
      const answers = await Promise.all(Array.from({ length: 20 }, () => post([product], buyer, key)));
      const statuses = answers.map((answer) => answer.status);
      expect(statuses).toContain(201);
      expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
      expect(await countOrders()).toBe(before + 1);
      const { order } = (await post([product], buyer, key).expect(201)).body.data as { order: OrderBody };
      expect(paymentsOf(order.id)).toHaveLength(1);
    });

    it.each([
      'drop_before_commit',
      'drop_after_commit',
      'truncate',
      'empty_object',
      'empty_id',
      'status',
    ] as const)('resumes with the same payment after %s', async (fault) => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      world.sandbox.orderFault({ fault, match: { method: 'POST', path: '^/payments$' } });
      const { error } = (await post([product], buyer, key).expect(503)).body as {
        error: { code: string; data: { order_id: string } };
      };
      expect(error.code).toBe('PAYMENT_PROVIDER_UNAVAILABLE');
      const [pending] = await world.test.sql<{ status: string; psp_payment_id: string }>(
        'SELECT status, psp_payment_id FROM orders WHERE id = $1',
        [error.data.order_id],
      );
      expect(pending?.status).toBe('pending');
      const other = await world.product(seller, 1);
      expect((await post([other], buyer, key).expect(422)).body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      const { order, payment } = (await post([product], buyer, key).expect(201)).body.data as {
        order: OrderBody;
        payment: PaymentBody;
      };
      expect(order.id).toBe(error.data.order_id);
      expect(payment.payment_id).toBe(pending?.psp_payment_id);
      expect(payment.client_secret).toContain('secret');
      expect(paymentsOf(order.id)).toHaveLength(1);
      await world.pay({ id: order.id, paymentId: payment.payment_id, buyer, totalMinor: 700 });
    });

    it('finds the order completed when the webhook was faster than the answer', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      world.sandbox.orderFault({
        fault: 'drop_after_commit',
        match: { method: 'POST', path: '^/payments$' },
      });
      const orderId = (await post([product], buyer, key).expect(503)).body.error.data.order_id as string;
      const [payment] = paymentsOf(orderId);
      world.sandbox.succeedPayment(String(payment?.id));
      await world.orderIs(orderId, 'completed');
      const { body } = await post([product], buyer, key).expect(201);
      expect(body.data).toMatchObject({
        order: { id: orderId, status: 'completed' },
        payment: { payment_id: payment?.id, client_secret: null, status: 'succeeded' },
      });
      expect(paymentsOf(orderId)).toHaveLength(1);
    });

    it('gives up waiting after PSP_TIMEOUT and resumes later', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      world.sandbox.orderFault({ fault: 'hold', match: { path: '^/payments$' } });
      const started = Date.now();
      expect((await post([product], buyer, key).expect(503)).body.error.code).toBe(
        'PAYMENT_PROVIDER_UNAVAILABLE',
      );
      expect(Date.now() - started).toBeLessThan(5_000);
      world.sandbox.releaseHolds();
      const { order } = (await post([product], buyer, key).expect(201)).body.data as { order: OrderBody };
      expect(paymentsOf(order.id)).toHaveLength(1);
    });

    it('is free again after a day', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      world.sandbox.orderFault({ fault: 'drop_before_commit', match: { path: '^/payments$' } });
      const first = (await post([product], buyer, key).expect(503)).body.error.data.order_id as string;
      world.test.clock.advance(25 * 3_600_000);
      const later = await loginActor(world.test, { email: buyer.email, password: buyer.password });
      const { order } = (await post([product], later, key).expect(201)).body.data as { order: OrderBody };
      expect(order.id).not.toBe(first);
    });
  });

  describe('a provider that refuses', () => {
    it('fails the order for good', async () => {
      const product = await world.product(seller, 700);
      const key = randomUUID();
      const body = {
        error: { type: 'invalid_request', code: 'IR_06', message: 'internal words of the provider' },
      };
      world.sandbox.orderFault({ fault: 'status', status: 400, body, match: { path: '^/payments$' } });
      const answer = await post([product], buyer, key).expect(422);
      expect(answer.body.error.code).toBe('PAYMENT_REFUSED');
      expect(JSON.stringify(answer.body)).not.toContain('internal words');
      const orderId = answer.body.error.data.order_id as string;
      const [row] = await world.test.sql('SELECT status, failure_code FROM orders WHERE id = $1', [orderId]);
      expect(row).toEqual({ status: 'failed', failure_code: 'IR_06' });
      expect((await post([product], buyer, key).expect(422)).body.error).toMatchObject({
        code: 'PAYMENT_REFUSED',
        data: { order_id: orderId },
      });
      expect(paymentsOf(orderId)).toEqual([]);
      await post([product], buyer).expect(201);
    });

    it('leaves the order pending when it refuses our key', async () => {
      const product = await world.product(seller, 700);
      const body = { error: { type: 'invalid_request', code: 'IR_01', message: 'bad key' } };
      world.sandbox.orderFault({ fault: 'status', status: 401, body, match: { path: '^/payments$' } });
      const answer = await post([product]).expect(503);
      expect(answer.body.error.code).toBe('PAYMENT_PROVIDER_UNAVAILABLE');
      const [row] = await world.test.sql('SELECT status FROM orders WHERE id = $1', [
        answer.body.error.data.order_id,
      ]);
      expect(row).toEqual({ status: 'pending' });
    });
  });

  describe('reading orders', () => {
    it('shows an order to its buyer, to its sellers their part, to administrators, and to nobody else', async () => {
      const products = [await world.product(seller, 100), await world.product(secondSeller, 200)];
      const { order } = await place(products);
      const get = (actor: Actor | null, id = order.id) =>
        world.test.http.get(api(`/marketplace/orders/${id}`)).set(actor?.auth ?? {});
      expect((await get(buyer).expect(200)).body.data).toEqual(order);
      expect((await get(admin).expect(200)).body.data).toEqual(order);
      expect((await get(seller).expect(200)).body.data.items).toEqual([order.items[0]]);
      expect((await get(secondSeller).expect(200)).body.data.items).toEqual([order.items[1]]);
      const foreign = await get(stranger).expect(404);
      const absent = await get(stranger, randomUUID()).expect(404);
      expect(foreign.body.error).toEqual(absent.body.error);
      expect(foreign.body.error.code).toBe('ORDER_NOT_FOUND');
      await get(null).expect(401);
      await get(buyer, '42').expect(400);
    });

    it('lists by role, status, page and cursor', async () => {
      const [mine, theirs] = [await world.buyer(), await world.seller()];
      const ids: string[] = [];
      for (const price of [100, 200, 300]) {
        world.test.clock.advance(1000);
        ids.unshift((await place([await world.product(theirs, price)], mine)).order.id);
      }
      world.test.clock.advance(1000);
      const free = (await place([await world.product(theirs, 0)], mine)).order.id;
      const list = async (query: string, actor: Actor = mine) =>
        (
          await world.test.http
            .get(api(`/marketplace/orders?${query}`))
            .set(actor.auth)
            .expect(200)
        ).body as {
          data: OrderBody[];
          pagination: { total?: number; next_cursor: string | null };
        };
      const idsOf = (page: { data: OrderBody[] }) => page.data.map((one) => one.id);
      expect(idsOf(await list(''))).toEqual([free, ...ids]);
      expect(idsOf(await list('status=pending'))).toEqual(ids);
      expect(idsOf(await list('role=seller'))).toEqual([]);
      expect(idsOf(await list('role=seller', theirs))).toEqual([free, ...ids]);
      const first = await list('limit=3');
      expect(first.pagination.total).toBe(4);
      expect(idsOf(await list(`limit=3&cursor=${String(first.pagination.next_cursor)}`))).toEqual(
        ids.slice(2),
      );
      expect(idsOf(await list('', stranger))).not.toContain(free);
    });

    it.each([['status=paid'], ['role=admin'], ['sort=id'], ['limit=1000']])('refuses ?%s', async (query) => {
      await world.test.http
        .get(api(`/marketplace/orders?${query}`))
        .set(buyer.auth)
        .expect(400);
    });

    it('lists nothing without a token', async () => {
      await world.test.http.get(api('/marketplace/orders')).expect(401);
    });

    it('lists all orders to administrators only', async () => {
      const customer = await world.buyer();
      const { order } = await place([await world.product(seller, 100)], customer);
      const get = (query: string, actor: Actor | null) =>
        world.test.http.get(api(`/admin/orders?${query}`)).set(actor?.auth ?? {});
      const { body } = await get(`buyer_id=${customer.id}&status=pending`, admin).expect(200);
      expect(body.data).toEqual([order]);
      await get('status=x', admin).expect(400);
      await get('', null).expect(401);
      expect((await get('', seller).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    });
  });

  describe('GET /marketplace/seller/sales', () => {
    const sales = (query: string, actor: Actor | null) =>
      world.test.http.get(api(`/marketplace/seller/sales?${query}`)).set(actor?.auth ?? {});

    it("lists the caller's paid items only", async () => {
      const shop = await world.seller();
      await place([await world.product(shop, 999)]);
      const order = await world.paidOrder([shop, secondSeller], { priceMinor: 1000, transfers: null });
      const { body } = await sales('', shop).expect(200);
      expect(body.data).toEqual([
        expect.objectContaining({
          order_id: order.id,
          status: 'completed',
          unit_price: 1000,
          platform_fee: 100,
          net_amount: 900,
          currency: 'EUR',
        }),
      ]);
      expect((await sales('status=refunded', shop).expect(200)).body.data).toEqual([]);
      const soldAt = encodeURIComponent(body.data[0].sold_at as string);
      expect((await sales(`to=${soldAt}`, shop).expect(200)).body.data).toEqual([]);
      expect((await sales(`from=${soldAt}`, shop).expect(200)).body.data).toHaveLength(1);
      expect((await sales('', stranger).expect(200)).body.data).toEqual([]);
    });

    it('refuses bad input and strangers', async () => {
      await sales('from=x', seller).expect(400);
      await sales('', null).expect(401);
    });
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
  });
});
