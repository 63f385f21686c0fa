import { randomUUID } from 'node:crypto';
import { type Actor, api } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

describe('prices and licence tiers', () => {
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

  const offer = (change: object, actor: Actor = seller) =>
    world.test.http
      .post(api('/marketplace/products'))
      .set(actor.auth)
      .send({ title: 'Mixing', product_type: 'service', price: 500, ...change });
  const create = async (change: object, actor: Actor = seller): Promise<string> =>
    ((await offer(change, actor).expect(201)).body as { data: { id: string } }).data.id;
  const order = (product: string, amount: unknown, key?: string) =>
    world.test.http
      .post(api('/marketplace/orders'))
      .set({ ...buyer.auth, ...(key === undefined ? {} : { 'Idempotency-Key': key }) })
      .send({ items: [{ product_id: product, ...(amount === undefined ? {} : { amount }) }] });
  const count = async (table: 'products' | 'orders'): Promise<number> =>
    (await world.test.sql(`SELECT 1 FROM ${table}`)).length;

  describe('GET /marketplace/license-types', () => {
    it('says to anybody what each tier includes', async () => {
      const { body } = await world.test.http.get(api('/marketplace/license-types')).expect(200);
      const types = body.data as { license_type: string; exclusive: boolean; files: string[] }[];
      expect(types.map((one) => one.license_type)).toEqual(['basic', 'premium', 'unlimited', 'exclusive']);
      expect(types.map((one) => one.exclusive)).toEqual([false, false, false, true]);
      expect(types[0]).toEqual({
        version: 1,
        license_type: 'basic',
        files: ['original'],
        commercial_use: true,
        max_copies: 2000,
        max_streams: 50_000,
        broadcast: false,
        video: false,
        exclusive: false,
        credit_required: true,
      });
    });
  });

  describe('the pricing of a product', () => {
    it('is fixed unless said otherwise', async () => {
      const response = await offer({}).expect(201);
      expect(response.body.data).toMatchObject({
        pricing: 'fixed',
        suggested_price: null,
        license_terms: null,
      });
    });

    it('may be a minimum with a proposal', async () => {
      const response = await offer({ pricing: 'minimum', suggested_price: 900 }).expect(201);
      expect(response.body.data).toMatchObject({ price: 500, pricing: 'minimum', suggested_price: 900 });
    });

    it.each([
      ['an unknown pricing', { pricing: 'auction' }, 'pricing'],
      ['null for a pricing', { pricing: null }, 'pricing'],
      ['a proposal for a fixed price', { suggested_price: 900 }, 'suggested_price'],
      ['a proposal below the minimum', { pricing: 'minimum', suggested_price: 499 }, 'suggested_price'],
      ['a broken proposal', { pricing: 'minimum', suggested_price: 900.5 }, 'suggested_price'],
      [
        'a proposal beyond the limit',
        { pricing: 'minimum', suggested_price: 100_000_000 },
        'suggested_price',
      ],
    ])('refuses %s', async (_what, change, field) => {
      const before = await count('products');
      const { body } = await offer(change).expect(400);
      expect(body.error.code).toBe('VALIDATION_ERROR');
      expect(body.error.details[0].field).toBe(field);
      expect(await count('products')).toBe(before);
    });

    it('forgets the proposal when it becomes fixed, and refuses a price above it', async () => {
      const product = await create({ pricing: 'minimum', suggested_price: 900 });
      const put = (body: object) =>
        world.test.http
          .put(api(`/marketplace/products/${product}`))
          .set(seller.auth)
          .send(body);
      const refused = await put({ price: 901 }).expect(400);
      expect(refused.body.error.details[0].field).toBe('suggested_price');
      const fixed = await put({ pricing: 'fixed' }).expect(200);
      expect(fixed.body.data).toMatchObject({ price: 500, pricing: 'fixed', suggested_price: null });
    });
  });

  describe('the amount of an order', () => {
    it('may be the minimum or more, and the fee is of what is paid, rounded half up', async () => {
      const product = await create({ pricing: 'minimum' });
      const more = (await order(product, 1005).expect(201)).body.data.order;
      expect(more).toMatchObject({
        total_amount: 1005,
        items: [{ list_price: 1005, discount: 0, unit_price: 1005, platform_fee: 101, net_amount: 904 }],
      });
      expect((await order(product, 500).expect(201)).body.data.order.total_amount).toBe(500);
      expect((await order(product, undefined).expect(201)).body.data.order.total_amount).toBe(500);
      expect((await order(product, null).expect(201)).body.data.order.total_amount).toBe(500);
    });

    it('is what the provider captures', async () => {
      const product = await create({ pricing: 'minimum' });
      const { order: opened, payment } = (await order(product, 777).expect(201)).body.data as {
        order: { id: string };
        payment: { payment_id: string };
      };
      await world.pay({ id: opened.id, paymentId: payment.payment_id, buyer, totalMinor: 777 });
      await world.transfersAre(opened.id, 'completed');
      expect(
        world.sandbox.books().payments.find((one) => one.orderReference === opened.id)?.amountMinor,
      ).toBe(777);
      await world.expectBooksToAgree();
    });

    it('is refused below the minimum, and beside a fixed price', async () => {
      const [minimum, fixed] = [await create({ pricing: 'minimum' }), await create({})];
      const before = await count('orders');
      const below = await order(minimum, 499).expect(400);
      expect(below.body.error).toMatchObject({
        code: 'AMOUNT_BELOW_PRICE',
        details: [{ field: 'items.0.amount' }],
      });
      for (const amount of [499, 501]) {
        const other = await order(fixed, amount).expect(400);
        expect(other.body.error).toMatchObject({
          code: 'AMOUNT_NOT_ALLOWED',
          details: [{ field: 'items.0.amount' }],
        });
      }
      expect(await count('orders')).toBe(before);
      await order(fixed, 500).expect(201);
    });

    it.each([
      ['negative', -1],
      ['broken', 500.5],
      ['a text', '500'],
      ['beyond the limit', 100_000_000],
    ])('is refused when it is %s', async (_what, amount) => {
      const product = await create({ pricing: 'minimum' });
      const before = await count('orders');
      const { body } = await order(product, amount).expect(400);
      expect(body.error.code).toBe('VALIDATION_ERROR');
      expect(body.error.details[0].field).toBe('items.0.amount');
      expect(await count('orders')).toBe(before);
    });

    it('may be nothing from a minimum of nothing: no provider, no account of the seller', async () => {
      const creator = await world.seller({ isReady: false });
      const product = await create({ pricing: 'minimum', price: 0 }, creator);
      await world.quiet();
      const calls = world.sandbox.requests().length;
      const free = (await order(product, 0).expect(201)).body.data;
      expect(free).toMatchObject({ order: { status: 'completed', total_amount: 0 }, payment: null });
      await world.quiet();
      expect(world.sandbox.requests()).toHaveLength(calls);
      const paid = (await order(product, 300).expect(201)).body.data;
      expect(paid).toMatchObject({ order: { status: 'pending', total_amount: 300 } });
    });

    it('belongs to its Idempotency-Key', async () => {
      const product = await create({ pricing: 'minimum' });
      const key = randomUUID();
      world.sandbox.orderFault({ fault: 'drop_before_commit', match: { path: '^/payments$' } });
      await order(product, 600, key).expect(503);
      for (const amount of [601, undefined]) {
        const { body } = await order(product, amount, key).expect(422);
        expect(body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      }
      const first = await order(product, 600, key).expect(201);
      expect((await order(product, 700, key).expect(422)).body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      expect((await order(product, 600, key).expect(201)).body.data).toEqual(first.body.data);
    });
  });
});
