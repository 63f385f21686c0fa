import { randomUUID } from 'node:crypto';
import { type Actor, api, createTestApp, newActor, newTrack, type TestApp } from '../../../support/index.js';

interface ProductBody {
  id: string;
  seller_id: string;
  title: string;
  track_id: string | null;
  track_ids: string[];
  price: number;
  currency: string;
  status: string;
  [field: string]: unknown;
}

describe('products', () => {
  let test: TestApp;
  let seller: Actor;
  let other: Actor;
  let buyer: Actor;
  let admin: Actor;
  let trackId: string;
  let secondTrackId: string;
  let foreignTrackId: string;
  beforeAll(async () => {
    test = await createTestApp();
    seller = await newActor(test, { role: 'creator' });
    other = await newActor(test, { role: 'creator' });
    buyer = await newActor(test);
    admin = await newActor(test, { role: 'admin' });
    trackId = (await newTrack(test, seller)).id;
    secondTrackId = (await newTrack(test, seller)).id;
    foreignTrackId = (await newTrack(test, other)).id;
  });
  afterAll(() => test.close());

  const service = (change: object = {}): object => ({
    title: 'Mixing',
    product_type: 'service',
    price: 2500,
    ...change,
  });
  const post = (body: object, actor: Actor | null = seller) =>
    test.http
      .post(api('/marketplace/products'))
      .set(actor?.auth ?? {})
      .send(body);
  const create = async (body: object, actor = seller): Promise<ProductBody> =>
    (await post(body, actor).expect(201)).body.data as ProductBody;
  const countProducts = async (): Promise<number> => (await test.sql('SELECT 1 FROM products')).length;

  describe('POST /marketplace/products', () => {
    it('offers a track with the documented defaults', async () => {
      const product = await create({
        title: '  One track ',
        product_type: 'track',
        track_id: trackId,
        price: 100,
      });
      expect(product).toMatchObject({
        seller_id: seller.id,
        title: 'One track',
        description: '',
        product_type: 'track',
        track_id: trackId,
        track_ids: [trackId],
        price: 100,
        currency: 'EUR',
        license_type: 'basic',
        status: 'active',
      });
      const { body } = await test.http.get(api(`/marketplace/products/${product.id}`)).expect(200);
      expect(body.data).toEqual(product);
    });

    it('offers a pack in its order, and a free service', async () => {
      const pack = await create({
        title: 'Pack',
        product_type: 'pack',
        track_ids: [secondTrackId, trackId],
        price: 1,
      });
      expect(pack).toMatchObject({ track_id: null, track_ids: [secondTrackId, trackId] });
      expect(await create(service({ price: 0 }))).toMatchObject({ price: 0, track_ids: [] });
    });

    it.each([
      ['no title', { title: undefined }, 'title'],
      ['a blank title', { title: '   ' }, 'title'],
      ['a long title', { title: 'x'.repeat(201) }, 'title'],
      ['a long description', { description: 'x'.repeat(5001) }, 'description'],
      ['an unknown type', { product_type: 'album' }, 'product_type'],
      ['a negative price', { price: -1 }, 'price'],
      ['a broken price', { price: 9.99 }, 'price'],
      ['a price as text', { price: '100' }, 'price'],
      ['a price beyond the limit', { price: 100_000_000 }, 'price'],
      ['a currency in lower case', { currency: 'eur' }, 'currency'],
      ['a currency that is none', { currency: 'ZZZ' }, 'currency'],
      ['an unknown licence', { license_type: 'gold' }, 'license_type'],
      ['an archived start', { status: 'archived' }, 'status'],
      ['a foreign seller_id', { seller_id: randomUUID() }, 'seller_id'],
      ['a track without track_id', { product_type: 'track' }, 'track_id'],
      ['a pack without tracks', { product_type: 'pack', track_ids: [] }, 'track_ids'],
      ['a service with a track', { track_ids: [randomUUID()] }, 'track_ids'],
      ['a track_id that is none', { product_type: 'track', track_id: 'x' }, 'track_id'],
      ['null for a description', { description: null }, 'description'],
      ['null for a currency', { currency: null }, 'currency'],
      ['null for a licence', { license_type: null }, 'license_type'],
      ['null for a status', { status: null }, 'status'],
      ['a track whose id is null', { product_type: 'track', track_id: null }, 'track_id'],
      ['the same track twice', { product_type: 'pack', track_ids: Array(2).fill(randomUUID()) }, 'track_ids'],
      [
        'the same track in two spellings',
        {
          product_type: 'pack',
          track_ids: ['a', 'A'].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`),
        },
        'track_ids',
      ],
    ])('refuses %s', async (_what, change, field) => {
      const before = await countProducts();
      const { body } = await post(service(change)).expect(400);
      expect(body.error.code).toBe('VALIDATION_ERROR');
      expect(body.error.details[0].field).toBe(field);
      expect(await countProducts()).toBe(before);
    });

    it("refuses somebody else's track exactly as one that does not exist", async () => {
      const before = await countProducts();
      const answers = [];
      for (const id of [foreignTrackId, randomUUID()]) {
        const { body } = await post({ title: 'T', product_type: 'track', track_id: id, price: 1 }).expect(
          403,
        );
        answers.push(body.error);
      }
      expect(answers[0].code).toBe('TRACK_NOT_OWNED');
      expect(answers[0]).toEqual(answers[1]);
      expect(await countProducts()).toBe(before);
    });

    it('shows a track that is not ready as a draft only', async () => {
      const unready = (await newTrack(test, seller)).id;
      await test.sql(`UPDATE tracks SET status = 'processing' WHERE id = $1`, [unready]);
      const { body } = await post({ title: 'T', product_type: 'track', track_id: unready, price: 1 }).expect(
        409,
      );
      expect(body.error.code).toBe('TRACK_NOT_READY');
      const draft = await create({
        title: 'T',
        product_type: 'track',
        track_id: unready,
        price: 1,
        status: 'draft',
      });
      const put = test.http.put(api(`/marketplace/products/${draft.id}`)).set(seller.auth);
      expect((await put.send({ status: 'active' }).expect(409)).body.error.code).toBe('TRACK_NOT_READY');
    });

    it('is for creators', async () => {
      const before = await countProducts();
      await post(service(), null).expect(401);
      expect((await post(service(), buyer).expect(403)).body.error.code).toBe(
        'AUTH_INSUFFICIENT_PERMISSIONS',
      );
      expect(await countProducts()).toBe(before);
    });
  });

  describe('GET /marketplace/products/:id', () => {
    it('shows a draft to its seller and to administrators, and to nobody else', async () => {
      const draft = await create(service({ status: 'draft' }));
      const path = api(`/marketplace/products/${draft.id}`);
      await test.http.get(path).set(seller.auth).expect(200);
      await test.http.get(path).set(admin.auth).expect(200);
      const hidden = await test.http.get(path).set(buyer.auth).expect(404);
      await test.http.get(path).expect(404);
      const absent = await test.http.get(api(`/marketplace/products/${randomUUID()}`)).expect(404);
      expect(hidden.body.error).toEqual(absent.body.error);
      expect(hidden.body.error.code).toBe('PRODUCT_NOT_FOUND');
    });

    it('refuses what is no id, and a token that is none', async () => {
      await test.http.get(api('/marketplace/products/42')).expect(400);
      const { id } = await create(service());
      await test.http
        .get(api(`/marketplace/products/${id}`))
        .set({ Authorization: 'Bearer nonsense' })
        .expect(401);
    });
  });

  describe('PUT /marketplace/products/:id', () => {
    const put = (id: string, body: object, actor: Actor | null) =>
      test.http
        .put(api(`/marketplace/products/${id}`))
        .set(actor?.auth ?? {})
        .send(body);

    it('changes what was sent and nothing else', async () => {
      const product = await create({ title: 'A', product_type: 'track', track_id: trackId, price: 100 });
      const { body } = await put(product.id, { price: 300, status: 'draft' }, seller).expect(200);
      expect(body.data).toEqual({
        ...product,
        price: 300,
        status: 'draft',
        updated_at: body.data.updated_at,
      });
      const changed = await put(product.id, { track_id: secondTrackId }, seller).expect(200);
      expect(changed.body.data.track_ids).toEqual([secondTrackId]);
      const same = await put(product.id, { track_id: null, track_ids: null }, seller).expect(200);
      expect(same.body.data.track_ids).toHaveLength(1);
      const turned = await put(product.id, { product_type: 'service' }, seller).expect(200);
      expect(turned.body.data).toMatchObject({ product_type: 'service', track_id: null, track_ids: [] });
    });

    it('refuses bad input and foreign tracks, changing nothing', async () => {
      const product = await create(service());
      await put(product.id, { price: -5 }, seller).expect(400);
      await put(product.id, { seller_id: other.id }, seller).expect(400);
      await put(product.id, { product_type: 'track', track_id: foreignTrackId }, seller).expect(403);
      await put('x', {}, seller).expect(400);
      for (const field of [
        'title',
        'description',
        'product_type',
        'price',
        'currency',
        'license_type',
        'status',
      ]) {
        const { body } = await put(product.id, { [field]: null }, seller).expect(400);
        expect(body.error.details[0].field).toBe(field);
      }
      const { body } = await test.http.get(api(`/marketplace/products/${product.id}`)).expect(200);
      expect(body.data).toEqual(product);
    });

    it("is the seller's: 403 for what others see, 404 for what they do not", async () => {
      const shown = await create(service());
      const draft = await create(service({ status: 'draft' }));
      await put(shown.id, { price: 1 }, null).expect(401);
      await put(shown.id, { price: 1 }, other).expect(403);
      await put(draft.id, { price: 1 }, other).expect(404);
      await put(randomUUID(), { price: 1 }, other).expect(404);
      const rows = await test.sql('SELECT 1 FROM products WHERE id = ANY ($1) AND price = 2500', [
        [shown.id, draft.id],
      ]);
      expect(rows).toHaveLength(2);
    });

    it('is open to an administrator, and audited', async () => {
      const product = await create(service());
      await put(product.id, { price: 7 }, admin).expect(200);
      const [entry] = await test.sql(
        `SELECT action, user_id, old_values->>'priceMinor' AS before, new_values->>'priceMinor' AS after
           FROM audit_logs WHERE resource_id = $1`,
        [product.id],
      );
      expect(entry).toEqual({ action: 'product.updated', user_id: admin.id, before: '2500', after: '7' });
    });
  });

  describe('DELETE /marketplace/products/:id', () => {
    const remove = (id: string, actor: Actor | null) =>
      test.http.delete(api(`/marketplace/products/${id}`)).set(actor?.auth ?? {});

    it('archives for good', async () => {
      const product = await create(service());
      expect((await remove(product.id, seller).expect(200)).body.data.status).toBe('archived');
      await remove(product.id, seller).expect(200);
      await test.http.get(api(`/marketplace/products/${product.id}`)).expect(404);
      const revive = test.http.put(api(`/marketplace/products/${product.id}`)).set(seller.auth);
      expect((await revive.send({ status: 'active' }).expect(409)).body.error.code).toBe(
        'INVALID_STATE_TRANSITION',
      );
      const edit = test.http.put(api(`/marketplace/products/${product.id}`)).set(seller.auth);
      await edit.send({ price: 1 }).expect(409);
    });

    it('is closed to others', async () => {
      const product = await create(service());
      await remove(product.id, null).expect(401);
      await remove(product.id, other).expect(403);
      await remove('x', seller).expect(400);
      await remove(randomUUID(), seller).expect(404);
      const [row] = await test.sql<{ status: string }>('SELECT status FROM products WHERE id = $1', [
        product.id,
      ]);
      expect(row?.status).toBe('active');
    });
  });

  describe('GET /marketplace/products', () => {
    let shop: Actor;
    const list = async (query: string, actor: Actor | null = null) =>
      (
        await test.http
          .get(api(`/marketplace/products?${query}`))
          .set(actor?.auth ?? {})
          .expect(200)
      ).body as {
        data: ProductBody[];
        pagination: Record<string, unknown> & { next_cursor: string | null };
      };
    const titles = async (query: string, actor: Actor | null = null): Promise<string[]> =>
      (await list(`seller_id=${shop.id}&${query}`, actor)).data.map((product) => product.title);

    beforeAll(async () => {
      shop = await newActor(test, { role: 'creator' });
      const shopTrack = (await newTrack(test, shop)).id;
      for (const [title, price, more] of [
        ['Beta', 300, {}],
        ['alpha 100%', 100, { currency: 'USD' }],
        ['Delta', 200, { license_type: 'exclusive' }],
        ['Hidden', 50, { status: 'draft' }],
        ['Echo', 200, { product_type: 'track', track_id: shopTrack }],
      ] as const) {
        test.clock.advance(1000);
        await create(service({ title, price, ...more }), shop);
      }
    });

    it('sorts by whitelisted columns in both directions', async () => {
      expect(await titles('')).toEqual(['Echo', 'Delta', 'alpha 100%', 'Beta']);
      expect(await titles('sort=created_at')).toEqual(['Beta', 'alpha 100%', 'Delta', 'Echo']);
      expect((await list(`seller_id=${shop.id}&sort=-price`)).data.map((one) => one.price)).toEqual([
        300, 200, 200, 100,
      ]);
      expect(await titles('sort=title')).toEqual(['Beta', 'Delta', 'Echo', 'alpha 100%']);
    });

    it.each(['-created_at', 'created_at', 'price', '-price', 'title', '-title'])(
      'walks the whole list by cursor, sorted by %s',
      async (sort) => {
        const whole = (await list(`seller_id=${shop.id}&sort=${sort}`)).data.map((one) => one.id);
        const walked: string[] = [];
        let cursor: string | null = null;
        do {
          const part = await list(
            `seller_id=${shop.id}&sort=${sort}&limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
          );
          walked.push(...part.data.map((one) => one.id));
          cursor = part.pagination.next_cursor;
        } while (cursor !== null);
        expect(walked).toEqual(whole);
      },
    );

    it('filters', async () => {
      expect(await titles('currency=USD')).toEqual(['alpha 100%']);
      expect(await titles('license_type=exclusive')).toEqual(['Delta']);
      expect(await titles('product_type=track')).toEqual(['Echo']);
      expect(await titles('min_price=150&max_price=200')).toEqual(['Echo', 'Delta']);
      expect(await titles('q=ELT')).toEqual(['Delta']);
      const echo = (await list(`seller_id=${shop.id}&product_type=track`)).data[0];
      expect(await titles(`track_id=${String(echo?.track_id)}`)).toEqual(['Echo']);
    });

    it('takes the wildcards of a search as they are', async () => {
      expect(await titles('q=%25')).toEqual(['alpha 100%']);
      expect(await titles('q=_')).toEqual([]);
      expect(await titles(`q=${encodeURIComponent("'; DROP TABLE products; --")}`)).toEqual([]);
    });

    it('counts pages, and not with a cursor', async () => {
      const first = await list(`seller_id=${shop.id}&limit=3`);
      expect(first.pagination).toMatchObject({
        page: 1,
        limit: 3,
        total: 4,
        total_pages: 2,
        has_next: true,
        has_prev: false,
      });
      const beyond = await list(`seller_id=${shop.id}&limit=3&page=9`);
      expect(beyond).toMatchObject({ data: [], pagination: { total: 4, has_next: false } });
      const next = await list(`seller_id=${shop.id}&limit=3&cursor=${String(first.pagination.next_cursor)}`);
      expect(next.pagination).toEqual({ limit: 3, has_next: false, next_cursor: null });
    });

    it('shows drafts to their seller alone, and only when asked', async () => {
      expect(await titles('status=draft', shop)).toEqual(['Hidden']);
      expect(await titles('status=draft', other)).not.toContain('Hidden');
      expect(await titles('status=draft')).not.toContain('Hidden');
      expect((await list('status=draft', other)).data.map((one) => one.title)).not.toContain('Hidden');
    });

    it.each([
      ['sort', 'price;DROP TABLE products'],
      ['sort', 'price DESC, (SELECT 1)'],
      ['sort', '--price'],
      ['sort', 'id'],
      ['limit', '0'],
      ['limit', '101'],
      ['min_price', '-1'],
      ['seller_id', '1 OR 1=1'],
      ['product_type', 'x'],
      ['status', 'deleted'],
      ['order', 'desc'],
    ])('refuses %s=%s', async (name, value) => {
      const { body } = await test.http
        .get(api('/marketplace/products'))
        .query({ [name]: value })
        .expect(400);
      expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: name }] });
    });

    it('refuses a cursor of another sort and an edited one', async () => {
      const { pagination } = await list(`seller_id=${shop.id}&limit=1&sort=price`);
      const cursor = String(pagination.next_cursor);
      for (const query of [`sort=title&cursor=${cursor}`, `sort=price&cursor=x${cursor}`, 'cursor=%00']) {
        const { body } = await test.http.get(api(`/marketplace/products?${query}`)).expect(400);
        expect(['INVALID_CURSOR', 'VALIDATION_ERROR']).toContain(body.error.code);
      }
    });
  });
});
