import { randomBytes, randomUUID } from 'node:crypto';
import { type Actor, api, createTestApp, newActor, type TestApp } from '../../../support/index.js';

interface DiscountBody {
  id: string;
  code: string;
  uses: number;
  status: string;
  [field: string]: unknown;
}

describe('discount codes', () => {
  let test: TestApp;
  let seller: Actor;
  let other: Actor;
  let buyer: Actor;
  let admin: Actor;
  beforeAll(async () => {
    test = await createTestApp();
    seller = await newActor(test, { role: 'creator' });
    other = await newActor(test, { role: 'creator' });
    buyer = await newActor(test);
    admin = await newActor(test, { role: 'admin' });
  });
  afterAll(() => test.close());

  const newCode = (): string => `T${randomBytes(5).toString('hex').toUpperCase()}`;
  const percent = (change: object = {}): object => ({ code: newCode(), percent_bps: 1000, ...change });
  const post = (body: object, actor: Actor | null = seller, key?: string) =>
    test.http
      .post(api('/marketplace/discount-codes'))
      .set({ ...actor?.auth, ...(key === undefined ? {} : { 'Idempotency-Key': key }) })
      .send(body);
  const create = async (body: object = percent(), actor = seller): Promise<DiscountBody> =>
    (await post(body, actor).expect(201)).body.data as DiscountBody;
  const stored = async (id: string): Promise<Record<string, unknown> | undefined> =>
    (await test.sql('SELECT * FROM discount_codes WHERE id = $1', [id]))[0];
  const count = async (): Promise<number> => (await test.sql('SELECT 1 FROM discount_codes')).length;
  const product = async (owner: Actor): Promise<string> => {
    const { body } = await test.http
      .post(api('/marketplace/products'))
      .set(owner.auth)
      .send({ title: 'Mixing', product_type: 'service', price: 100 })
      .expect(201);
    return (body as { data: { id: string } }).data.id;
  };

  describe('POST /marketplace/discount-codes', () => {
    it('makes a percentage, in upper case and with no limits', async () => {
      const discount = await create({ code: '  summer-ten ', percent_bps: 1000 });
      expect(discount).toMatchObject({
        seller_id: seller.id,
        code: 'SUMMER-TEN',
        percent_bps: 1000,
        amount: null,
        currency: null,
        product_ids: [],
        min_order_amount: null,
        max_uses: null,
        max_uses_per_buyer: null,
        starts_at: null,
        ends_at: null,
        uses: 0,
        status: 'active',
      });
    });

    it('makes an amount with every limit', async () => {
      const body = {
        code: newCode(),
        amount: 500,
        currency: 'EUR',
        product_ids: [await product(seller)],
        min_order_amount: 1000,
        max_uses: 10,
        max_uses_per_buyer: 1,
        starts_at: '2030-01-01T00:00:00.000Z',
        ends_at: '2030-02-01T00:00:00.000Z',
      };
      expect(await create(body)).toMatchObject(body);
    });

    it.each([
      ['no code', { code: undefined }, 'code'],
      ['a short code', { code: 'AB' }, 'code'],
      ['a long code', { code: 'A'.repeat(33) }, 'code'],
      ['a code with a space', { code: 'AB CD' }, 'code'],
      ['a code that is no text', { code: 12345 }, 'code'],
      ['neither percentage nor amount', { percent_bps: undefined }, 'percent_bps'],
      ['both percentage and amount', { amount: 100, currency: 'EUR' }, 'percent_bps'],
      ['nothing per cent', { percent_bps: 0 }, 'percent_bps'],
      ['more than all', { percent_bps: 10_001 }, 'percent_bps'],
      ['a broken percentage', { percent_bps: 12.5 }, 'percent_bps'],
      ['an amount of nothing', { percent_bps: null, amount: 0, currency: 'EUR' }, 'amount'],
      ['an amount without currency', { percent_bps: null, amount: 100 }, 'currency'],
      ['a minimum without currency', { min_order_amount: 100 }, 'currency'],
      ['a currency for nothing', { currency: 'EUR' }, 'currency'],
      ['a currency that is none', { percent_bps: null, amount: 100, currency: 'ZZZ' }, 'currency'],
      ['no use at all', { max_uses: 0 }, 'max_uses'],
      ['no use by anybody', { max_uses_per_buyer: 0 }, 'max_uses_per_buyer'],
      ['an end before its start', { starts_at: '2030-02-01', ends_at: '2030-01-01' }, 'ends_at'],
      ['a start that is no moment', { starts_at: 'soon' }, 'starts_at'],
      ['products that are none', { product_ids: ['x'] }, 'product_ids'],
      ['an unknown product', { product_ids: [randomUUID()] }, 'product_ids'],
      ['a foreign seller', { seller_id: randomUUID() }, 'seller_id'],
      ['its own count', { uses: 5 }, 'uses'],
    ])('refuses %s', async (_what, change, field) => {
      const before = await count();
      const { body } = await post(percent(change)).expect(400);
      expect(body.error.code).toBe('VALIDATION_ERROR');
      expect(body.error.details[0].field).toBe(field);
      expect(await count()).toBe(before);
    });

    it("refuses somebody else's product exactly as one that does not exist", async () => {
      const foreign = await post(percent({ product_ids: [await product(other)] })).expect(400);
      const absent = await post(percent({ product_ids: [randomUUID()] })).expect(400);
      expect(foreign.body.error).toEqual(absent.body.error);
    });

    it('gives a code to one seller at a time, in whatever spelling', async () => {
      const { id, code } = await create();
      const before = await count();
      for (const actor of [seller, other]) {
        const { body } = await post(percent({ code: code.toLowerCase() }), actor).expect(409);
        expect(body.error).toMatchObject({ code: 'DISCOUNT_CODE_TAKEN', details: [{ field: 'code' }] });
      }
      expect(await count()).toBe(before);
      await test.http
        .delete(api(`/marketplace/discount-codes/${id}`))
        .set(seller.auth)
        .expect(200);
      expect((await create(percent({ code }), other)).code).toBe(code);
    });

    it('lets one of 20 parallel requests have the code', async () => {
      const body = percent();
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(body).then((one) => one)));
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(19).fill(409)]);
    });

    it('answers the same key with the same code, and another request with 422', async () => {
      const key = randomUUID();
      const body = percent();
      const first = await post(body, seller, key).expect(201);
      const again = await post(body, seller, key).expect(201);
      expect(again.body.data).toEqual(first.body.data);
      expect((await post(percent(), seller, key).expect(422)).body.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
    });

    it('is for creators', async () => {
      const before = await count();
      expect((await post(percent(), null).expect(401)).body.error.code).toBe('AUTH_TOKEN_INVALID');
      expect((await post(percent(), buyer).expect(403)).body.error.code).toBe(
        'AUTH_INSUFFICIENT_PERMISSIONS',
      );
      expect(await count()).toBe(before);
    });
  });

  describe('GET /marketplace/discount-codes', () => {
    const list = async (query: string, actor: Actor) =>
      (
        await test.http
          .get(api(`/marketplace/discount-codes?${query}`))
          .set(actor.auth)
          .expect(200)
      ).body as { data: DiscountBody[]; pagination: { total?: number; next_cursor: string | null } };

    it("lists the caller's own, newest first, by status, page and cursor", async () => {
      const shop = await newActor(test, { role: 'creator' });
      const ids: string[] = [];
      for (let number = 0; number < 3; number += 1) {
        test.clock.advance(1000);
        ids.unshift((await create(percent(), shop)).id);
      }
      const remove = test.http.delete(api(`/marketplace/discount-codes/${ids[2]!}`));
      await remove.set(shop.auth).expect(200);
      const all = await list('', shop);
      expect(all.data.map((one) => one.id)).toEqual(ids);
      expect(all.pagination.total).toBe(3);
      expect((await list('status=active', shop)).data.map((one) => one.id)).toEqual(ids.slice(0, 2));
      expect((await list('status=archived', shop)).data.map((one) => one.id)).toEqual(ids.slice(2));
      const first = await list('limit=2', shop);
      const rest = await list(`limit=2&cursor=${first.pagination.next_cursor!}`, shop);
      expect([...first.data, ...rest.data].map((one) => one.id)).toEqual(ids);
      expect((await list('', other)).data.map((one) => one.id)).not.toContain(ids[0]);
    });

    it('refuses bad filters and callers without a shop', async () => {
      const get = (query: string, actor: Actor | null) =>
        test.http.get(api(`/marketplace/discount-codes?${query}`)).set(actor?.auth ?? {});
      expect((await get('status=x', seller).expect(400)).body.error.code).toBe('VALIDATION_ERROR');
      expect((await get('cursor=x', seller).expect(400)).body.error.code).toBe('INVALID_CURSOR');
      expect((await get('', null).expect(401)).body.error.code).toBe('AUTH_TOKEN_INVALID');
      expect((await get('', buyer).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    });
  });

  describe('PUT /marketplace/discount-codes/:id', () => {
    const put = (id: string, body: object, actor: Actor | null = seller) =>
      test.http
        .put(api(`/marketplace/discount-codes/${id}`))
        .set(actor?.auth ?? {})
        .send(body);

    it('changes what was sent, and takes limits away with null', async () => {
      const discount = await create(percent({ max_uses: 5, ends_at: '2030-01-01T00:00:00.000Z' }));
      const { body } = await put(discount.id, { max_uses: null, max_uses_per_buyer: 2 }).expect(200);
      expect(body.data).toEqual({
        ...discount,
        max_uses: null,
        max_uses_per_buyer: 2,
        updated_at: body.data.updated_at,
      });
      const turned = await put(discount.id, { percent_bps: null, amount: 300, currency: 'EUR' }).expect(200);
      expect(turned.body.data).toMatchObject({ percent_bps: null, amount: 300, currency: 'EUR' });
    });

    it('refuses what does not fit together, changing nothing', async () => {
      const discount = await create(percent({ max_uses: 5, starts_at: '2030-01-01T00:00:00.000Z' }));
      await test.sql('UPDATE discount_codes SET uses = 3 WHERE id = $1', [discount.id]);
      const before = await stored(discount.id);
      for (const [change, field] of [
        [{ code: 'OTHER' }, 'code'],
        [{ percent_bps: null }, 'percent_bps'],
        [{ amount: 5 }, 'percent_bps'],
        [{ percent_bps: 0 }, 'percent_bps'],
        [{ max_uses: 2 }, 'max_uses'],
        [{ ends_at: '2029-12-31' }, 'ends_at'],
        [{ product_ids: [randomUUID()] }, 'product_ids'],
      ] as const) {
        const { body } = await put(discount.id, change).expect(400);
        expect(body.error.code).toBe('VALIDATION_ERROR');
        expect(body.error.details[0].field).toBe(field);
      }
      expect((await put('x', {}).expect(400)).body.error.code).toBe('VALIDATION_ERROR');
      expect(await stored(discount.id)).toEqual(before);
    });

    it("is the seller's alone: others get the 404 of a code that is not there", async () => {
      const { id } = await create();
      const before = await stored(id);
      const anonymous = await put(id, { percent_bps: 1 }, null).expect(401);
      expect(anonymous.body.error.code).toBe('AUTH_TOKEN_INVALID');
      const foreign = await put(id, { percent_bps: 1 }, other).expect(404);
      const absent = await put(randomUUID(), { percent_bps: 1 }, other).expect(404);
      expect(foreign.body.error).toEqual(absent.body.error);
      expect(foreign.body.error.code).toBe('DISCOUNT_CODE_NOT_FOUND');
      const buyers = await put(id, { percent_bps: 1 }, buyer).expect(403);
      expect(buyers.body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      expect(await stored(id)).toEqual(before);
    });

    it('is open to an administrator, and audited', async () => {
      const { id } = await create();
      await put(id, { percent_bps: 700 }, admin).expect(200);
      const [entry] = await test.sql(
        `SELECT action, user_id, old_values->>'percentBps' AS before, new_values->>'percentBps' AS after
           FROM audit_logs WHERE resource_id = $1`,
        [id],
      );
      expect(entry).toEqual({
        action: 'discount_code.updated',
        user_id: admin.id,
        before: '1000',
        after: '700',
      });
    });

    it('refuses an archived code', async () => {
      const { id } = await create();
      await test.http
        .delete(api(`/marketplace/discount-codes/${id}`))
        .set(seller.auth)
        .expect(200);
      expect((await put(id, { percent_bps: 1 }).expect(409)).body.error.code).toBe('DISCOUNT_CODE_ARCHIVED');
    });
  });

  describe('DELETE /marketplace/discount-codes/:id', () => {
    const remove = (id: string, actor: Actor | null = seller) =>
      test.http.delete(api(`/marketplace/discount-codes/${id}`)).set(actor?.auth ?? {});

    it('archives, once or twice', async () => {
      const { id } = await create();
      expect((await remove(id).expect(200)).body.data.status).toBe('archived');
      const before = await stored(id);
      await remove(id).expect(200);
      expect(await stored(id)).toEqual(before);
    });

    it('is closed to others', async () => {
      const { id } = await create();
      expect((await remove(id, null).expect(401)).body.error.code).toBe('AUTH_TOKEN_INVALID');
      expect((await remove(id, buyer).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      const foreign = await remove(id, other).expect(404);
      expect(foreign.body.error.code).toBe('DISCOUNT_CODE_NOT_FOUND');
      expect((await remove('x').expect(400)).body.error.code).toBe('VALIDATION_ERROR');
      expect((await remove(randomUUID()).expect(404)).body.error).toEqual(foreign.body.error);
      expect(await stored(id)).toMatchObject({ archived_at: null });
    });

    it('is open to an administrator, and audited', async () => {
      const { id } = await create();
      await remove(id, admin).expect(200);
      const rows = await test.sql('SELECT action, user_id FROM audit_logs WHERE resource_id = $1', [id]);
      expect(rows).toEqual([{ action: 'discount_code.archived', user_id: admin.id }]);
    });
  });
});
