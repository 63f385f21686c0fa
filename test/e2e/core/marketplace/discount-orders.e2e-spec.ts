import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface ItemBody {
  product_id: string;
  list_price: number;
  discount: number;
  unit_price: number;
  platform_fee: number;
  net_amount: number;
}
interface OrderBody {
  id: string;
  status: string;
  total_amount: number;
  discount_code: string | null;
  discount_amount: number;
  items: ItemBody[];
}

describe('orders with a discount code', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let secondSeller: Seller;
  let buyer: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    secondSeller = await world.seller();
    buyer = await world.buyer();
  });
  afterEach(() => world.calm());
  afterAll(async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });

  const newCode = async (change: object = {}, owner: Actor = seller): Promise<string> => {
    const code = `T${randomBytes(5).toString('hex').toUpperCase()}`;
    await world.test.http
      .post(api('/marketplace/discount-codes'))
      .set(owner.auth)
      .send({ code, percent_bps: 1000, ...change })
      .expect(201);
    return code;
  };
  const post = (productIds: string[], discountCode: unknown, customer = buyer, key?: string) =>
    world.test.http
      .post(api('/marketplace/orders'))
      .set({ ...customer.auth, ...(key === undefined ? {} : { 'Idempotency-Key': key }) })
      .send({ items: productIds.map((product_id) => ({ product_id })), discount_code: discountCode });
  const place = async (
    productIds: string[],
    code: string,
    customer = buyer,
  ): Promise<{ order: OrderBody; paid: PaidOrder }> => {
    const { order, payment } = (await post(productIds, code, customer).expect(201)).body.data as {
      order: OrderBody;
      payment: { payment_id: string } | null;
    };
    return {
      order,
      paid: {
        id: order.id,
        paymentId: payment?.payment_id ?? '',
        buyer: customer,
        totalMinor: order.total_amount,
      },
    };
  };
  const usesOf = async (code: string): Promise<{ counted: number; held: number }> => {
    const [row] = await world.test.sql<{ counted: number; held: number }>(
      `SELECT d.uses AS counted, (SELECT count(*)::integer FROM discount_uses u
                                   WHERE u.discount_code_id = d.id AND u.released_at IS NULL) AS held
         FROM discount_codes d WHERE d.code = $1`,
      [code],
    );
    return row!;
  };
  const countOrders = async (): Promise<number> => (await world.test.sql('SELECT 1 FROM orders')).length;

  /** Starts the requests while somebody else holds the code, and lets go of it when many are waiting. */
  const atOnce = async <T>(code: string, requests: () => Promise<T>[], waiting: number): Promise<T[]> => {
    const barrier = new Client({ connectionString: world.test.database.url });
    await barrier.connect();
    try {
      await barrier.query('BEGIN');
      await barrier.query('SELECT 1 FROM discount_codes WHERE code = $1 FOR UPDATE', [code]);
      const answers = requests();
      await waitFor(
        async () =>
          (
            await world.test.sql(
              `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            )
          ).length >= waiting,
        { what: `${String(waiting)} orders at the barrier` },
      );
      await barrier.query('COMMIT');
      return await Promise.all(answers);
    } finally {
      await barrier.end();
    }
  };

  describe('the price', () => {
    it('is frozen per item: what was taken off, what is paid, and the fee on that', async () => {
      const products = [
        await world.product(seller, 1005),
        await world.product(secondSeller, 500),
        await world.product(seller, 333),
      ];
      const code = await newCode();
      const { order, paid } = await place(products, `  ${code.toLowerCase()} `);
      expect(order).toMatchObject({
        total_amount: 904 + 500 + 300,
        discount_code: code,
        discount_amount: 134,
        items: [
          { list_price: 1005, discount: 101, unit_price: 904, platform_fee: 90, net_amount: 814 },
          { list_price: 500, discount: 0, unit_price: 500, platform_fee: 50, net_amount: 450 },
          { list_price: 333, discount: 33, unit_price: 300, platform_fee: 30, net_amount: 270 },
        ],
      });
      await world.pay(paid);
      await world.transfersAre(order.id, 'completed', 2);
      const captured = world.sandbox.books().payments.find((one) => one.orderReference === order.id);
      expect(captured?.amountMinor).toBe(1704);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
      await world.expectBooksToAgree();
    });

    it('spreads an amount over the items and stays in their currency', async () => {
      const code = await newCode({ percent_bps: null, amount: 100, currency: 'EUR' });
      const products = [];
      for (let number = 0; number < 3; number += 1) products.push(await world.product(seller, 500));
      const { order } = await place(products, code);
      expect(order.items.map((item) => item.discount)).toEqual([34, 33, 33]);
      expect(order.total_amount).toBe(1400);
    });

    it('completes at once when nothing is left to pay, without provider and without account', async () => {
      const creator = await world.seller({ isReady: false });
      const code = await newCode({ percent_bps: 10_000 }, creator);
      await world.quiet();
      const calls = world.sandbox.requests().length;
      const response = await post([await world.product(creator, 900)], code).expect(201);
      expect(response.body.data).toMatchObject({
        payment: null,
        order: { status: 'completed', total_amount: 0, discount_amount: 900 },
      });
      await world.quiet();
      expect(world.sandbox.requests()).toHaveLength(calls);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
    });

    it('may be nothing for one seller and something for another, there and back', async () => {
      const code = await newCode({ percent_bps: 10_000 });
      const products = [await world.product(seller, 900), await world.product(secondSeller, 700)];
      const { order, paid } = await place(products, code);
      expect(order.items.map((item) => item.unit_price)).toEqual([0, 700]);
      await world.pay(paid);
      const [transfer] = await world.transfersAre(order.id, 'completed');
      expect([transfer!.seller_id, Number(transfer!.amount)]).toEqual([secondSeller.id, 630]);
      await world.refunded(paid);
      await world.transfersAre(order.id, 'reversed');
      expect(await world.licenses(order.id)).toEqual(['revoked', 'revoked']);
      await world.expectBooksToAgree();
      await world.expectInvariants();
    });

    it('gives back what was paid, not what it cost before', async () => {
      const code = await newCode({ percent_bps: 5000 });
      const { order, paid } = await place([await world.product(seller, 1000)], code);
      await world.pay(paid);
      await world.transfersAre(order.id, 'completed');
      const refund = await world.refunded(paid);
      expect(Number(refund.amount)).toBe(500);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
      await world.expectBooksToAgree();
    });

    it('tells the code to the seller it is of, and to no other in the order', async () => {
      const code = await newCode();
      const products = [await world.product(seller, 500), await world.product(secondSeller, 500)];
      const { order } = await place(products, code);
      const seenBy = async (actor: Actor): Promise<OrderBody> =>
        (
          await world.test.http
            .get(api(`/marketplace/orders/${order.id}`))
            .set(actor.auth)
            .expect(200)
        ).body.data as OrderBody;
      expect(await seenBy(buyer)).toMatchObject({ discount_code: code, discount_amount: 50 });
      expect(await seenBy(seller)).toMatchObject({ discount_code: code, discount_amount: 50 });
      expect(await seenBy(secondSeller)).toMatchObject({ discount_code: null, discount_amount: 0 });
    });
  });

  describe('a code that cannot be used', () => {
    const archived = async (): Promise<string> => {
      const code = await newCode();
      const [row] = await world.test.sql<{ id: string }>('SELECT id FROM discount_codes WHERE code = $1', [
        code,
      ]);
      await world.test.http
        .delete(api(`/marketplace/discount-codes/${row!.id}`))
        .set(seller.auth)
        .expect(200);
      return code;
    };

    it.each<[string, () => Promise<string> | string, number, string]>([
      ['is not there', () => 'NOWHERE', 404, 'DISCOUNT_NOT_FOUND'],
      ['was archived', archived, 404, 'DISCOUNT_NOT_FOUND'],
      ['is of a seller who is not in the order', () => newCode({}, secondSeller), 404, 'DISCOUNT_NOT_FOUND'],
      ['is not valid yet', () => newCode({ starts_at: '2199-01-01' }), 404, 'DISCOUNT_NOT_FOUND'],
      ['is no longer valid', () => newCode({ ends_at: '2020-01-01' }), 409, 'DISCOUNT_EXPIRED'],
      [
        'is for other products',
        async () => newCode({ product_ids: [await world.product(seller, 1)] }),
        400,
        'DISCOUNT_NOT_APPLICABLE',
      ],
      [
        'is for another currency',
        () => newCode({ percent_bps: null, amount: 5, currency: 'USD' }),
        400,
        'DISCOUNT_NOT_APPLICABLE',
      ],
      [
        'is for larger orders',
        () => newCode({ min_order_amount: 1001, currency: 'EUR' }),
        400,
        'DISCOUNT_NOT_APPLICABLE',
      ],
    ])('is refused when it %s', async (_what, make, status, errorCode) => {
      const code = await make();
      const product = await world.product(seller, 1000);
      const before = await countOrders();
      const { body } = await post([product], code).expect(status);
      expect(body.error).toMatchObject({ code: errorCode, details: [{ field: 'discount_code' }] });
      expect(await countOrders()).toBe(before);
      const used = await world.test.sql('SELECT 1 FROM discount_codes WHERE code = $1 AND uses > 0', [code]);
      expect(used).toEqual([]);
    });

    it('has an end that is exclusive and a start that is inclusive', async () => {
      const now = world.test.clock.now();
      const starting = await newCode({ starts_at: now.toISOString() });
      const ending = await newCode({ ends_at: now.toISOString() });
      await post([await world.product(seller, 1000)], starting).expect(201);
      await post([await world.product(seller, 1000)], ending).expect(409);
    });

    it.each([
      ['no text', 5],
      ['an empty text', ''],
      ['a very long text', 'A'.repeat(33)],
      ['a list', ['A']],
    ])('is refused as %s', async (_what, code) => {
      const product = await world.product(seller, 1000);
      const before = await countOrders();
      const { body } = await post([product], code).expect(400);
      expect(body.error.code).toBe('VALIDATION_ERROR');
      expect(body.error.details[0].field).toBe('discount_code');
      expect(await countOrders()).toBe(before);
    });
  });

  describe('the limits', () => {
    it('are for all buyers together, and for each', async () => {
      const code = await newCode({ max_uses: 2, max_uses_per_buyer: 1 });
      const product = await world.product(seller, 1000);
      const [second, third] = [await world.buyer(), await world.buyer()];
      await post([product], code).expect(201);
      expect((await post([product], code).expect(409)).body.error.code).toBe('DISCOUNT_EXHAUSTED');
      await post([product], code, second).expect(201);
      expect((await post([product], code, third).expect(409)).body.error.code).toBe('DISCOUNT_EXHAUSTED');
      expect(await usesOf(code)).toEqual({ counted: 2, held: 2 });
    });

    it('hold under 100 parallel orders: a limit of 10 is used 10 times', async () => {
      const code = await newCode({ max_uses: 10 });
      const product = await world.product(seller, 1000);
      const before = await countOrders();
      const answers = await atOnce(
        code,
        () => Array.from({ length: 100 }, () => post([product], code).then((answer) => answer)),
        15,
      );
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(10);
      const refused = answers.filter((answer) => answer.status === 409);
      expect(refused).toHaveLength(90);
      expect(
        new Set(refused.map((answer) => (answer.body as { error: { code: string } }).error.code)),
      ).toEqual(new Set(['DISCOUNT_EXHAUSTED']));
      expect(await usesOf(code)).toEqual({ counted: 10, held: 10 });
      expect(await countOrders()).toBe(before + 10);
    });

    it('hold per buyer under 20 parallel orders of one', async () => {
      const code = await newCode({ max_uses_per_buyer: 1 });
      const product = await world.product(seller, 1000);
      const answers = await atOnce(
        code,
        () => Array.from({ length: 20 }, () => post([product], code).then((answer) => answer)),
        10,
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(19).fill(409)]);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
    });
  });

  describe('an order that ends without a sale', () => {
    it.each(['failed', 'expired'] as const)('gives its use back when its payment %s', async (how) => {
      const code = await newCode({ max_uses: 1 });
      const product = await world.product(seller, 1000);
      const { order, paid } = await place([product], code);
      if (how === 'failed') world.sandbox.failPayment(paid.paymentId);
      else world.sandbox.expirePayment(paid.paymentId);
      await world.orderIs(order.id, how);
      expect(await usesOf(code)).toEqual({ counted: 0, held: 0 });
      await world.deliver({
        event_type: `payment_${how}`,
        content: {
          type: 'payment_details',
          object: { payment_id: paid.paymentId, status: how, amount: 900, currency: 'EUR' },
        },
      });
      await world.quiet();
      expect(await usesOf(code)).toEqual({ counted: 0, held: 0 });
      await post([product], code).expect(201);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
    });

    it('gives its use back when the provider refuses the payment', async () => {
      const code = await newCode({ max_uses: 1 });
      world.sandbox.orderFault({
        fault: 'status',
        status: 400,
        body: { error: { type: 'invalid_request', code: 'IR_06', message: 'no' } },
        match: { path: '^/payments$' },
      });
      const { body } = await post([await world.product(seller, 1000)], code).expect(422);
      expect(body.error.code).toBe('PAYMENT_REFUSED');
      expect(await usesOf(code)).toEqual({ counted: 0, held: 0 });
    });

    it('takes its use again when it is paid late', async () => {
      const code = await newCode({ max_uses: 1 });
      const { order, paid } = await place([await world.product(seller, 1000)], code);
      world.sandbox.failPayment(paid.paymentId);
      await world.orderIs(order.id, 'failed');
      await world.pay(paid);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
      await world.transfersAre(order.id, 'completed');
    });

    it('is given its money back when it is paid late and others have used the code up', async () => {
      const code = await newCode({ max_uses: 1 });
      const product = await world.product(seller, 1000);
      const { order, paid } = await place([product], code);
      world.sandbox.failPayment(paid.paymentId);
      await world.orderIs(order.id, 'failed');
      await post([product], code, await world.buyer()).expect(201);
      world.sandbox.succeedPayment(paid.paymentId);
      const refund = await waitFor(
        async () => {
          const [row] = await world.refunds(order.id);
          return row !== undefined && row.psp_ack_at !== null ? row : null;
        },
        { what: 'an automatic refund' },
      );
      expect(Number(refund.amount)).toBe(900);
      expect(await world.exceptions('payment_discount_exhausted', order.id)).toBe(1);
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await waitFor(async () => (await world.refund(order.id)).status === 'succeeded');
      expect((await world.order(order.id)).status).toBe('failed');
      expect(await world.licenses(order.id)).toEqual([]);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
      await world.expectBooksToAgree();
    });
  });

  describe('with an Idempotency-Key', () => {
    it('counts one use for the same request, and refuses another code', async () => {
      const [code, otherCode] = [await newCode(), await newCode()];
      const product = await world.product(seller, 1000);
      const key = randomUUID();
      const first = await post([product], code, buyer, key).expect(201);
      const again = await post([product], code, buyer, key).expect(201);
      expect(again.body.data).toEqual(first.body.data);
      for (const another of [otherCode, null]) {
        const { body } = await post([product], another, buyer, key).expect(422);
        expect(body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      }
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
      expect(await usesOf(otherCode)).toEqual({ counted: 0, held: 0 });
    });

    it('counts one use when the first answer was lost on its way', async () => {
      const [code, otherCode] = [await newCode({ max_uses: 1 }), await newCode()];
      const product = await world.product(seller, 1000);
      const key = randomUUID();
      world.sandbox.orderFault({ fault: 'drop_before_commit', match: { path: '^/payments$' } });
      await post([product], code, buyer, key).expect(503);
      for (const another of [otherCode, null]) {
        const { body } = await post([product], another, buyer, key).expect(422);
        expect(body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      }
      await post([product], code, buyer, key).expect(201);
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
    });

    it('counts one use for 20 parallel requests', async () => {
      const code = await newCode();
      const product = await world.product(seller, 1000);
      const key = randomUUID();
      await Promise.all(
        Array.from({ length: 20 }, () => post([product], code, buyer, key).then((answer) => answer)),
      );
      expect(await usesOf(code)).toEqual({ counted: 1, held: 1 });
    });
  });
});
