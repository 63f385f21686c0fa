import { Injectable } from '@nestjs/common';
import { LicensesService } from '../../../../src/core/marketplace/licenses/index.js';
import { Transactional } from '../../../../src/infrastructure/database/index.js';
import { type Actor, api, newTrack } from '../../../support/index.js';
import { synthesizeWav } from '../../../support/audio-fixtures.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

/** What refunds and disputes do, each in a transaction of its own. */
@Injectable()
class Owners {
  constructor(readonly licenses: LicensesService) {}

  @Transactional()
  revoke(orderItemIds: string[]): Promise<number> {
    return this.licenses.revokeForItems(orderItemIds, 'refunded');
  }

  @Transactional()
  suspend(orderId: string): Promise<number> {
    return this.licenses.suspendForOrder(orderId);
  }

  @Transactional()
  resume(orderId: string): Promise<number> {
    return this.licenses.restoreForOrder(orderId);
  }

  @Transactional()
  restore(orderItemIds: string[]): Promise<number> {
    return this.licenses.restoreForItems(orderItemIds);
  }
}

describe('states of licences', () => {
  let world: MoneyWorld;
  let owners: Owners;
  let seller: Seller;
  let buyer: Actor;
  const file = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000 });

  beforeAll(async () => {
    world = await MoneyWorld.create();
    owners = new Owners(world.test.app.get(LicensesService, { strict: false }));
    seller = await world.seller();
    buyer = await world.buyer();
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const offer = async (
    licenseType = 'basic',
    trackId?: string,
  ): Promise<{ product: string; trackId: string }> => {
    const track_id = trackId ?? (await newTrack(world.test, seller, { file })).id;
    const { body } = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title: 'Track', price: 500, product_type: 'track', track_id, license_type: licenseType })
      .expect(201);
    return { product: (body as { data: { id: string } }).data.id, trackId: track_id };
  };
  const buy = async (products: string[]): Promise<PaidOrder> =>
    world.pay(await world.placeOrder(buyer, products));
  const itemsOf = async (order: PaidOrder): Promise<string[]> => {
    const rows = await world.test.sql<{ id: string }>(
      'SELECT id FROM order_items WHERE order_id = $1 ORDER BY position',
      [order.id],
    );
    return rows.map((row) => row.id);
  };
  const statesOf = async (order: PaidOrder): Promise<string[]> => {
    const rows = await world.test.sql<{ status: string }>(
      `SELECT l.status FROM licenses l JOIN order_items i ON i.id = l.order_item_id
        WHERE l.order_id = $1 ORDER BY i.position`,
      [order.id],
    );
    return rows.map((row) => row.status);
  };
  const download = (product: string) =>
    world.test.http.get(api(`/marketplace/download/${product}`)).set(buyer.auth);

  it('are revoked item by item, once', async () => {
    const [first, second] = [await offer(), await offer()];
    const order = await buy([first.product, second.product]);
    const [item] = await itemsOf(order);
    expect(await owners.revoke([item!])).toBe(1);
    expect(await owners.revoke([item!])).toBe(0);
    expect(await statesOf(order)).toEqual(['revoked', 'active']);
    expect((await download(first.product).expect(403)).body.error.code).toBe('LICENSE_REVOKED');
    await download(second.product).expect(200);
    expect(await owners.restore([item!])).toBe(1);
    await download(first.product).expect(200);
  });

  it('pause with a dispute and go on after it; what is revoked stays so', async () => {
    const [first, second] = [await offer(), await offer()];
    const order = await buy([first.product, second.product]);
    const [item] = await itemsOf(order);
    await owners.revoke([item!]);
    expect(await owners.suspend(order.id)).toBe(1);
    expect(await owners.suspend(order.id)).toBe(0);
    expect(await statesOf(order)).toEqual(['revoked', 'suspended']);
    expect((await download(second.product).expect(403)).body.error.code).toBe('LICENSE_SUSPENDED');
    expect(await owners.resume(order.id)).toBe(1);
    expect(await statesOf(order)).toEqual(['revoked', 'active']);
    await download(second.product).expect(200);
    await owners.suspend(order.id);
    expect(await owners.revoke(await itemsOf(order))).toBe(1);
    expect(await owners.resume(order.id)).toBe(0);
    expect(await statesOf(order)).toEqual(['revoked', 'revoked']);
    await owners.restore(await itemsOf(order));
  });

  it('do not come back beside a licence that was bought meanwhile', async () => {
    const { product } = await offer();
    const order = await buy([product]);
    const items = await itemsOf(order);
    await owners.revoke(items);
    const again = await buy([product]);
    expect(await owners.restore(items)).toBe(0);
    expect([await statesOf(order), await statesOf(again)]).toEqual([['revoked'], ['active']]);
    // As if the first had not been given back by hand above: the books know of no refund.
    await owners.revoke(await itemsOf(again));
    expect(await owners.restore(items)).toBe(1);
    expect(await owners.restore(await itemsOf(again))).toBe(0);
  });

  it('come back once for parallel requests', async () => {
    const { product } = await offer();
    const items = await itemsOf(await buy([product]));
    await owners.revoke(items);
    const restored = await Promise.all(Array.from({ length: 10 }, () => owners.restore(items)));
    expect(restored.reduce((sum, count) => sum + count, 0)).toBe(1);
    const revoked = await Promise.all(Array.from({ length: 10 }, () => owners.revoke(items)));
    expect(revoked.reduce((sum, count) => sum + count, 0)).toBe(1);
    await owners.restore(items);
  });

  it('open a track again that was sold exclusively, and close it when they come back', async () => {
    const { product, trackId } = await offer('exclusive');
    const items = await itemsOf(await buy([product]));
    const another = () =>
      world.test.http
        .post(api('/marketplace/products'))
        .set(seller.auth)
        .send({ title: 'Again', price: 500, product_type: 'track', track_id: trackId });
    expect((await another().expect(409)).body.error.code).toBe('TRACK_SOLD_EXCLUSIVELY');
    await owners.revoke(items);
    await another().expect(201);
    await owners.restore(items);
    expect((await another().expect(409)).body.error.code).toBe('TRACK_SOLD_EXCLUSIVELY');
  });

  it('change within the transaction of a refund or dispute only', async () => {
    const order = await buy([(await offer()).product]);
    const items = await itemsOf(order);
    const { licenses } = owners;
    await expect(licenses.revokeForItems(items, 'refunded')).rejects.toThrow(/MANDATORY/);
    await expect(licenses.suspendForOrder(order.id)).rejects.toThrow(/MANDATORY/);
    await expect(licenses.restoreForOrder(order.id)).rejects.toThrow(/MANDATORY/);
    await expect(licenses.restoreForItems(items)).rejects.toThrow(/MANDATORY/);
    expect(await statesOf(order)).toEqual(['active']);
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
  });
});
