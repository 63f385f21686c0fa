import { Client } from 'pg';
import { type Actor, api, newTrack, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

describe('an order whose track is deleted before it is paid', () => {
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

  const placed = async (): Promise<{ trackId: string; productId: string; order: PaidOrder }> => {
    const { id: trackId } = await newTrack(world.test, seller);
    const { body } = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title: 'A track', product_type: 'track', track_id: trackId, price: 1000 })
      .expect(201);
    const productId = (body as { data: { id: string } }).data.id;
    return { trackId, productId, order: await world.placeOrder(buyer, [productId]) };
  };
  const remove = (trackId: string) => world.test.http.delete(api(`/tracks/${trackId}`)).set(seller.auth);
  const download = (productId: string) =>
    world.test.http.get(api(`/marketplace/download/${productId}`)).set(buyer.auth);

  it('grants nothing and gives the money back', async () => {
    const { trackId, productId, order } = await placed();
    await remove(trackId).expect(200);
    await world.quiet();
    world.sandbox.succeedPayment(order.paymentId);
    const refund = await waitFor(
      async () => {
        const [row] = await world.refunds(order.id);
        return row !== undefined && row.psp_ack_at !== null ? row : null;
      },
      { what: 'an acknowledged automatic refund' },
    );
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.refund(order.id)).status === 'succeeded', {
      what: 'a succeeded automatic refund',
    });
    expect((await world.order(order.id)).status).toBe('failed');
    expect(await world.licenses(order.id)).toEqual([]);
    const [raised, ...others] = await world.test.sql<{ kind: string; resolved_at: Date | null }>(
      'SELECT kind, resolved_at FROM payment_exceptions WHERE order_id = $1',
      [order.id],
    );
    expect([raised?.kind, others]).toEqual(['payment_not_deliverable', []]);
    expect(raised?.resolved_at).not.toBeNull();
    expect((await download(productId).expect(403)).body).toMatchObject({
      error: { code: 'LICENSE_REQUIRED' },
    });
  });

  it('keeps the files when the sale was being written first', async () => {
    const { trackId, productId, order } = await placed();
    const rival = new Client({ connectionString: world.test.database.url });
    await rival.connect();
    try {
      // The sale has its track in hand and waits here, where it is to count the seller's money.
      await rival.query('BEGIN');
      await rival.query('LOCK TABLE licenses IN SHARE MODE');
      world.sandbox.succeedPayment(order.paymentId);
      const waiting = (count: number): Promise<unknown> =>
        waitFor(
          async () =>
            (
              await world.test.sql(
                `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
              )
            ).length >= count,
          { what: `${String(count)} statements at the barrier` },
        );
      await waiting(1);
      const removal = remove(trackId).then((response) => response.status);
      await waiting(2);
      await rival.query('COMMIT');
      expect(await removal).toBe(200);
    } finally {
      await rival.end();
    }
    await world.orderIs(order.id, 'completed');
    await world.quiet();
    const { body } = await download(productId).expect(200);
    const url = new URL((body as { data: { download_url: string } }).data.download_url);
    await world.test.http.get(`${url.pathname}${url.search}`).expect(200);
  });
});
