import { createHash, randomUUID } from 'node:crypto';
import { type Actor, api, newTrack, waitFor } from '../../../support/index.js';
import { synthesizeWav } from '../../../support/audio-fixtures.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface LicenseBody {
  id: string;
  order_id: string;
  product_id: string;
  status: string;
  track_ids: string[];
  [field: string]: unknown;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('licences and downloads', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let buyer: Actor;
  let stranger: Actor;
  let trackIds: string[];
  const files = [400, 500].map((durationMs) => synthesizeWav({ durationMs, sampleRateHz: 8_000 }));
  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    buyer = await world.buyer();
    stranger = await world.buyer();
    trackIds = [];
    for (const file of files) {
      const fields = { is_public: 'false' };
      trackIds.push((await newTrack(world.test, seller, { file, fileName: 'Ma chanson.wav', fields })).id);
    }
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const get = (path: string, actor: Actor | null = buyer) =>
    world.test.http.get(api(path)).set(actor?.auth ?? {});
  const offer = async (body: object): Promise<string> => {
    const product = { title: 'Track', price: 500, ...body };
    const response = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send(product)
      .expect(201);
    return (response.body as { data: { id: string } }).data.id;
  };
  const offerTrack = (): Promise<string> => offer({ product_type: 'track', track_id: trackIds[0] });
  const buy = async (product: string, customer = buyer): Promise<PaidOrder> =>
    world.pay(await world.placeOrder(customer, [product]));
  const licenseOf = async (order: PaidOrder): Promise<LicenseBody> => {
    const { body } = await get('/marketplace/licenses?limit=100', order.buyer).expect(200);
    return (body.data as LicenseBody[]).find((license) => license.order_id === order.id)!;
  };
  const linkTo = async (product: string, actor = buyer, query = ''): Promise<string> => {
    const { body } = await get(`/marketplace/download/${product}${query}`, actor).expect(200);
    const { pathname, search } = new URL((body as { data: { download_url: string } }).data.download_url);
    return pathname + search;
  };
  const fetchFile = (path: string, headers: Record<string, string> = {}) =>
    world.test.http
      .get(path)
      .set(headers)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });

  describe('GET /marketplace/licenses', () => {
    it('shows what was bought as it was when it was bought', async () => {
      const product = await offerTrack();
      const order = await buy(product);
      const change = { title: 'New name', track_id: trackIds[1], license_type: 'premium' };
      await world.test.http
        .put(api(`/marketplace/products/${product}`))
        .set(seller.auth)
        .send(change)
        .expect(200);
      const license = await licenseOf(order);
      expect(license).toMatchObject({
        order_id: order.id,
        product_id: product,
        product_title: 'Track',
        product_type: 'track',
        license_type: 'basic',
        status: 'active',
        track_ids: [trackIds[0]],
        revoked_at: null,
      });
      expect((await get(`/marketplace/licenses/${license.id}`).expect(200)).body.data).toEqual(license);
    });

    it("is each buyer's own: others get 404 as for what does not exist", async () => {
      const license = await licenseOf(await buy(await offerTrack()));
      const foreign = await get(`/marketplace/licenses/${license.id}`, stranger).expect(404);
      const sellers = await get(`/marketplace/licenses/${license.id}`, seller).expect(404);
      const absent = await get(`/marketplace/licenses/${randomUUID()}`, stranger).expect(404);
      expect(foreign.body.error).toEqual(absent.body.error);
      expect(sellers.body.error.code).toBe('LICENSE_NOT_FOUND');
      expect((await get('/marketplace/licenses', stranger).expect(200)).body.data).toEqual([]);
      await get(`/marketplace/licenses/${license.id}`, null).expect(401);
      await get('/marketplace/licenses', null).expect(401);
      await get('/marketplace/licenses/1').expect(400);
      await get('/marketplace/licenses?status=lost').expect(400);
    });

    it('pages by cursor and filters by status', async () => {
      const customer = await world.buyer();
      for (let count = 0; count < 3; count += 1) await buy(await offerTrack(), customer);
      const first = await get('/marketplace/licenses?limit=2&status=active', customer).expect(200);
      expect(first.body.pagination).toMatchObject({ total: 3, has_next: true });
      const rest = await get(
        `/marketplace/licenses?limit=2&status=active&cursor=${first.body.pagination.next_cursor as string}`,
        customer,
      );
      expect(rest.body.data).toHaveLength(1);
      expect((await get('/marketplace/licenses?status=revoked', customer).expect(200)).body.data).toEqual([]);
    });
  });

  describe('GET /marketplace/download/:product_id', () => {
    it('leads to the original file, byte by byte, with Range', async () => {
      const product = await offerTrack();
      await buy(product);
      const { body } = await get(`/marketplace/download/${product}`).expect(200);
      expect(new Date(body.data.expires_at as string).getTime()).toBeGreaterThan(Date.now());
      const path = await linkTo(product);
      const whole = await fetchFile(path).expect(200);
      expect(sha256(whole.body as Buffer)).toBe(sha256(files[0]!));
      expect(whole.headers['content-disposition']).toContain('Ma chanson.wav');
      expect(whole.headers['accept-ranges']).toBe('bytes');
      const part = await fetchFile(path, { range: 'bytes=10-19' }).expect(206);
      expect(part.body).toEqual(files[0]!.subarray(10, 20));
      expect(part.headers['content-range']).toBe(`bytes 10-19/${String(files[0]!.length)}`);
      await fetchFile(path, { range: `bytes=${String(files[0]!.length)}-` }).expect(416);
      await fetchFile(path, { 'if-none-match': whole.headers.etag as string }).expect(304);
      const head = await world.test.http.head(path).expect(200);
      expect(head.headers['content-length']).toBe(String(files[0]!.length));
    });

    it('asks which track of a pack is meant', async () => {
      const product = await offer({ product_type: 'pack', track_ids: trackIds });
      await buy(product);
      const { body } = await get(`/marketplace/download/${product}`).expect(400);
      expect(body.error).toMatchObject({ code: 'TRACK_ID_REQUIRED', data: { track_ids: trackIds } });
      const second = await fetchFile(await linkTo(product, buyer, `?track_id=${String(trackIds[1])}`)).expect(
        200,
      );
      expect(sha256(second.body as Buffer)).toBe(sha256(files[1]!));
      expect(
        (await get(`/marketplace/download/${product}?track_id=${randomUUID()}`).expect(400)).body.error.code,
      ).toBe('TRACK_ID_REQUIRED');
      await get(`/marketplace/download/${product}?track_id=1`).expect(400);
    });

    it('says that a service has no file', async () => {
      const product = await world.product(seller, 100);
      await buy(product);
      expect((await get(`/marketplace/download/${product}`).expect(404)).body.error.code).toBe(
        'NOTHING_TO_DOWNLOAD',
      );
    });

    it('refuses who did not buy or did not pay, and says the same of what does not exist', async () => {
      const product = await offerTrack();
      await world.placeOrder(stranger, [product]);
      const unpaid = await get(`/marketplace/download/${product}`, stranger).expect(403);
      const absent = await get(`/marketplace/download/${randomUUID()}`, stranger).expect(403);
      expect(unpaid.body.error.code).toBe('LICENSE_REQUIRED');
      expect(unpaid.body.error).toEqual(absent.body.error);
      await get(`/marketplace/download/${product}`, null).expect(401);
      await get('/marketplace/download/1').expect(400);
    });

    it('keeps serving buyers after the product was archived and the track deleted (07 7.7 i)', async () => {
      const file = synthesizeWav({ durationMs: 450, sampleRateHz: 8_000 });
      const { id } = await newTrack(world.test, seller, { file });
      const product = await offer({ product_type: 'track', track_id: id });
      await buy(product);
      await world.test.http
        .delete(api(`/marketplace/products/${product}`))
        .set(seller.auth)
        .expect(200);
      await world.test.http
        .delete(api(`/tracks/${id}`))
        .set(seller.auth)
        .expect((response) => {
          expect(response.status).toBeLessThan(300);
        });
      await world.quiet();
      const whole = await fetchFile(await linkTo(product)).expect(200);
      expect(sha256(whole.body as Buffer)).toBe(sha256(file));
    });

    it('ends with a refund, also for links that were given out before', async () => {
      const product = await offerTrack();
      const order = await buy(product);
      await world.transfersAre(order.id, 'completed');
      const path = await linkTo(product);
      const refund = await world.openRefund(order);
      await fetchFile(path).expect(200);
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await world.orderIs(order.id, 'refunded');
      expect((await world.test.http.get(path).expect(403)).body.error.code).toBe('LICENSE_REVOKED');
      expect((await get(`/marketplace/download/${product}`).expect(403)).body.error.code).toBe(
        'LICENSE_REVOKED',
      );
      expect(await licenseOf(order)).toMatchObject({
        status: 'revoked',
        revoked_at: expect.any(String) as string,
      });
      await world.expectBooksToAgree();
    });

    it('pauses while a licence is suspended', async () => {
      const product = await offerTrack();
      const order = await buy(product);
      await world.test.sql(`UPDATE licenses SET status = 'suspended' WHERE order_id = $1`, [order.id]);
      expect((await get(`/marketplace/download/${product}`).expect(403)).body.error.code).toBe(
        'LICENSE_SUSPENDED',
      );
      const again = world.test.http.post(api('/marketplace/orders')).set(buyer.auth);
      expect((await again.send({ items: [{ product_id: product }] }).expect(409)).body.error.code).toBe(
        'ALREADY_OWNED',
      );
    });

    it('takes no edited, foreign or old link', async () => {
      const product = await offerTrack();
      await buy(product);
      const path = await linkTo(product);
      const edited = [
        path.replace(/sub=[^&]+/, `sub=${stranger.id}`),
        path.replace(/exp=(\d+)/, (_all, exp: string) => `exp=${String(Number(exp) + 1)}`),
        path.replace(/sig=../, 'sig=00'),
        path.replace(String(trackIds[0]), String(trackIds[1])),
        path.replace(product, randomUUID()),
        path.replace(/sub=[^&]+/, 'sub=*'),
      ];
      for (const one of edited) {
        expect((await world.test.http.get(one).expect(403)).body.error.code).toBe('DOWNLOAD_LINK_INVALID');
      }
      await world.test.http.get(path.replace(/&sig=.*/, '')).expect(400);
      world.test.clock.advance(25 * 3_600_000);
      expect((await world.test.http.get(path).expect(403)).body.error.code).toBe('DOWNLOAD_LINK_INVALID');
    });
  });

  it('opens the private track to who bought it, until the refund (09 C70)', async () => {
    const file = synthesizeWav({ durationMs: 420, sampleRateHz: 8_000 });
    const fields = { is_public: 'false' };
    const { id } = await newTrack(world.test, seller, { file, fields });
    const product = await offer({ product_type: 'track', track_id: id });
    await get(`/tracks/${id}/download`).expect(404);
    const order = await buy(product);
    await world.transfersAre(order.id, 'completed');
    const download = await fetchFile(api(`/tracks/${id}/download`), buyer.auth).expect(200);
    expect(sha256(download.body as Buffer)).toBe(sha256(file));
    await get(`/tracks/${id}/download`, stranger).expect(404);
    await get(`/tracks/${id}`).expect(200);
    await get(`/tracks/${id}`, stranger).expect(404);
    await world.refunded(order);
    await waitFor(async () => (await get(`/tracks/${id}/download`)).status === 404);
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
  });
});
