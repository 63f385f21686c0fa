import { api, createTestApp, newActor, type Actor, type TestApp } from '../../../support/index.js';

describe('a marketplace without a payment provider', () => {
  let test: TestApp;
  let creator: Actor;
  let customer: Actor;
  beforeAll(async () => {
    test = await createTestApp();
    creator = await newActor(test, { role: 'creator' });
    customer = await newActor(test);
  });
  afterAll(() => test.close());

  const offer = async (price: number): Promise<string> => {
    const body = { title: 'Mixing', product_type: 'service', price };
    const response = await test.http
      .post(api('/marketplace/products'))
      .set(creator.auth)
      .send(body)
      .expect(201);
    return (response.body as { data: { id: string } }).data.id;
  };
  const buy = (id: string) =>
    test.http
      .post(api('/marketplace/orders'))
      .set(customer.auth)
      .send({ items: [{ product_id: id }] });

  it('says so before anything is written', async () => {
    const { body } = await buy(await offer(100)).expect(503);
    expect(body.error).toMatchObject({ code: 'PROVIDER_NOT_CONFIGURED', data: { provider: 'hyperswitch' } });
    expect(await test.sql('SELECT 1 FROM orders')).toEqual([]);
  });

  it('gives away what is free', async () => {
    const { body } = await buy(await offer(0)).expect(201);
    expect(body.data).toMatchObject({ order: { status: 'completed' }, payment: null });
  });

  it.each(['hyperswitch', 'stripe'])('verifies no webhook of %s without a secret', async (provider) => {
    const signature = { 'x-webhook-signature-512': '0'.repeat(128), 'stripe-signature': 't=1,v1=00' };
    const { body } = await test.http
      .post(api(`/webhooks/${provider}`))
      .set(signature)
      .send({ a: 1 })
      .expect(503);
    expect(body.error.code).toBe('PROVIDER_NOT_CONFIGURED');
    expect(await test.sql('SELECT 1 FROM webhook_events')).toEqual([]);
  });
});
