import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { type Actor, api, waitFor } from '../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from '../core/marketplace/money-world.js';

describe('an answer that never arrived, asked for again with its Idempotency-Key', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create({ HANDLER_TIMEOUT: '1s', PSP_TIMEOUT: '20s' });
    seller = await world.seller();
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const dataOf = (response: Response): unknown => (response.body as { data: unknown }).data;
  const codeOf = (response: Response): string | undefined =>
    (response.body as { error?: { code: string } }).error?.code;

  /** The process died between its work and its answer: the key is held, and nobody holds it any more. */
  const forgetAnswer = (key: string): Promise<unknown> =>
    world.test.sql(
      `UPDATE idempotency_keys SET response = NULL, lease_until = now() - interval '1 second' WHERE key = $1`,
      [key],
    );

  const settle = async (of: PaidOrder): Promise<void> => {
    const refund = await waitFor(
      async () => {
        const row = await world.refund(of.id);
        return row.psp_ack_at === null ? null : row;
      },
      { what: 'an acknowledged refund' },
    );
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(of.id, 'partially_refunded');
  };

  it('gives a part of an order back once, even when that part has been settled meanwhile', async () => {
    const of = await world.paidOrder([seller]);
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await world.requestRefund(of.id, of.buyer, { amount: 500 }, key);
    expect(first.status).toBe(202);
    await settle(of);
    await forgetAnswer(key['Idempotency-Key']);

    const again = await world.requestRefund(of.id, of.buyer, { amount: 500 }, key);
    expect(again.status).toBe(202);
    expect(dataOf(again)).toMatchObject({ refund: { amount: 500, status: 'succeeded' } });
    expect(await world.refunds(of.id)).toHaveLength(1);

    const wanted = await world.requestRefund(of.id, of.buyer, { amount: 500 });
    expect(wanted.status).toBe(202);
    expect(await world.refunds(of.id)).toHaveLength(2);
    await world.quiet();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  it('keeps the answer of a handler that was given up on, for its status of success', async () => {
    const buyer: Actor = await world.buyer();
    const product_id = await world.product(seller, 700);
    const key = randomUUID();
    const order = (): Promise<Response> =>
      world.test.http
        .post(api('/marketplace/orders'))
        .set({ ...buyer.auth, 'Idempotency-Key': key })
        .send({ items: [{ product_id }] })
        .then((response) => response);
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '^/payments$' } });
    const late = await order();
    expect([late.status, codeOf(late)]).toEqual([503, 'HANDLER_TIMEOUT']);
    world.sandbox.releaseHolds();
    const kept = await waitFor(
      async () => {
        const answer = await order();
        return answer.status === 409 ? null : answer;
      },
      { what: 'the answer that is kept' },
    );
    expect([kept.status, kept.headers['idempotency-replayed']]).toEqual([201, 'true']);
  });

  it('does not free the key when the answer could not be kept: its product is there', async () => {
    const key = randomUUID();
    const create = (): Promise<Response> =>
      world.test.http
        .post(api('/marketplace/products'))
        .set({ ...seller.auth, 'Idempotency-Key': key })
        .send({ title: 'Once', product_type: 'service', price: 900, license_type: 'basic' })
        .then((response) => response);
    await world.test.sql(
      `ALTER TABLE idempotency_keys ADD CONSTRAINT no_answer_ck CHECK (response IS NULL OR key <> '${key}')`,
    );
    try {
      expect((await create()).status).toBe(500);
      const again = await create();
      expect([again.status, codeOf(again)]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
    } finally {
      await world.test.sql('ALTER TABLE idempotency_keys DROP CONSTRAINT no_answer_ck');
    }
    expect(await world.test.sql(`SELECT 1 FROM products WHERE title = 'Once'`)).toHaveLength(1);
  });
});
