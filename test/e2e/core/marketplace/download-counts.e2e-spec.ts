import { request as httpRequest } from 'node:http';
import { Client } from 'pg';
import { type Actor, api, newTrack, waitFor } from '../../../support/index.js';
import { synthesizeWav } from '../../../support/audio-fixtures.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface Counted {
  count: number;
  at: Date | null;
}

describe('counts of downloads', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let buyer: Actor;
  let trackId: string;
  const file = synthesizeWav({ durationMs: 2_000, sampleRateHz: 44_100 });

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    buyer = await world.buyer();
    trackId = (await newTrack(world.test, seller, { file, fields: { is_public: 'false' } })).id;
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const get = (path: string, actor: Actor | null = buyer) =>
    world.test.http.get(api(path)).set(actor?.auth ?? {});
  const buy = async (): Promise<{ order: PaidOrder; link: string }> => {
    const { body } = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title: 'Track', price: 500, product_type: 'track', track_id: trackId })
      .expect(201);
    const product = (body as { data: { id: string } }).data.id;
    const order = await world.pay(await world.placeOrder(buyer, [product]));
    const answer = await get(`/marketplace/download/${product}`).expect(200);
    const { pathname, search } = new URL(
      (answer.body as { data: { download_url: string } }).data.download_url,
    );
    return { order, link: pathname + search };
  };
  const counted = async (order: PaidOrder): Promise<Counted> =>
    (
      await world.test.sql<Counted>(
        'SELECT download_count AS count, last_downloaded_at AS at FROM licenses WHERE order_id = $1',
        [order.id],
      )
    )[0]!;
  const countIs = (order: PaidOrder, count: number) =>
    waitFor(async () => (await counted(order)).count === count, { what: `${String(count)} downloads` });
  const fetchPart = (link: string, range?: string) =>
    world.test.http.get(link).set(range === undefined ? {} : { range });

  it('counts whole files and beginnings, and shows the count to buyer and seller', async () => {
    const { order, link } = await buy();
    expect(await counted(order)).toEqual({ count: 0, at: null });
    await fetchPart(link).expect(200);
    await countIs(order, 1);
    await fetchPart(link, 'bytes=0-99').expect(206);
    await countIs(order, 2);
    const { body } = await get('/marketplace/licenses?limit=100').expect(200);
    const license = (body.data as Record<string, unknown>[]).find((one) => one.order_id === order.id);
    expect(license).toMatchObject({ download_count: 2, last_downloaded_at: expect.any(String) as string });
    const sales = await get('/marketplace/seller/sales?limit=100', seller).expect(200);
    const sale = (sales.body.data as Record<string, unknown>[]).find((one) => one.order_id === order.id);
    expect(sale).toMatchObject({ download_count: 2 });
  });

  it('counts no link, continuation, probe, unchanged file or refusal', async () => {
    const { order, link } = await buy();
    await fetchPart(link, `bytes=100-`).expect(206);
    await fetchPart(link, 'bytes=-100').expect(206);
    await fetchPart(link, `bytes=${String(file.length)}-`).expect(416);
    await world.test.http.head(link).expect(200);
    const { headers } = await world.test.http.head(link).expect(200);
    await world.test.http
      .get(link)
      .set('if-none-match', headers.etag as string)
      .expect(304);
    await fetchPart(link.replace(/sig=../, 'sig=00')).expect(403);
    // What is counted is counted after the answer: one real download comes through last.
    await fetchPart(link).expect(200);
    await countIs(order, 1);
    expect((await counted(order)).count).toBe(1);
  });

  it('counts the download of the track itself as well, for who bought it only', async () => {
    const { order } = await buy();
    const fetchTrack = (actor: Actor, range?: string) =>
      world.test.http
        .get(api(`/tracks/${trackId}/download`))
        .set({ ...actor.auth, ...(range === undefined ? {} : { range }) });
    await fetchTrack(seller).expect(200);
    await fetchTrack(await world.buyer()).expect(404);
    await fetchTrack(buyer, 'bytes=100-').expect(206);
    expect((await counted(order)).count).toBe(0);
    await fetchTrack(buyer).expect(200);
    await countIs(order, 1);
  });

  it('loses none of 40 parallel downloads', async () => {
    const { order, link } = await buy();
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetchPart(link)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    await countIs(order, 40);
  });

  it('counts a download that broke off after its first bytes once, with its continuation', async () => {
    const { order, link } = await buy();
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(`${world.test.url}${link}`, (response) => {
        response.once('data', () => response.destroy());
        response.once('close', resolve);
        response.on('error', () => undefined);
      });
      request.on('error', reject).end();
    });
    await countIs(order, 1);
    await fetchPart(link, 'bytes=1000-').expect(206);
    await fetchPart(link).expect(200);
    await countIs(order, 2);
  });

  it('does not hold up the file while the count waits for a lock on the licence', async () => {
    const { order, link } = await buy();
    const other = new Client({ connectionString: world.test.database.url });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM licenses WHERE order_id = $1 FOR UPDATE', [order.id]);
      const answer = await fetchPart(link).expect(200);
      expect(answer.headers['content-length']).toBe(String(file.length));
      expect((await counted(order)).count).toBe(0);
      await other.query('COMMIT');
    } finally {
      await other.end();
    }
    await countIs(order, 1);
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
});
