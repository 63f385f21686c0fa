import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { IdempotencyRetentionJob } from '../../../src/core/operations/jobs/idempotency-retention.job.js';
import { type Actor, api, waitFor } from '../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from '../core/marketplace/money-world.js';

interface KeyRow {
  request_hash: string;
  response: unknown;
  hours: number;
}

describe('Idempotency-Key', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let buyer: Actor;
  let product: string;

  beforeAll(async () => {
    world = await MoneyWorld.create({ PSP_TIMEOUT: '20s' });
    seller = await world.seller();
    buyer = await world.buyer();
    product = await world.product(seller, 700);
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const order = (key: string, { actor = buyer, body }: { actor?: Actor; body?: object } = {}) =>
    world.test.http
      .post(api('/marketplace/orders'))
      .set({ ...actor.auth, 'Idempotency-Key': key })
      .send(body ?? { items: [{ product_id: product }] });
  const refund = (of: PaidOrder, key: string, body: object = {}): Promise<Response> =>
    world.requestRefund(of.id, of.buyer, body, { 'Idempotency-Key': key });
  const outcome = (response: Response): unknown[] => [
    response.status,
    (response.body as { error?: { code: string } }).error?.code,
  ];
  const dataOf = (response: Response): unknown => (response.body as { data: unknown }).data;
  const keyRows = (key: string): Promise<KeyRow[]> =>
    world.test.sql<KeyRow>(
      `SELECT request_hash, response, round(extract(epoch FROM expires_at - created_at) / 3600)::int AS hours
         FROM idempotency_keys WHERE key = $1`,
      [key],
    );
  const counts = async (): Promise<unknown> =>
    (
      await world.test.sql(
        `SELECT (SELECT count(*) FROM orders)::int AS orders, (SELECT count(*) FROM refunds)::int AS refunds,
                (SELECT count(*) FROM idempotency_keys)::int AS keys`,
      )
    )[0];
  const providerCalls = (path: string): number =>
    world.sandbox.requests().filter((call) => call.method === 'POST' && call.path === path).length;

  it('says that an answer is a replay, and asks the provider once', async () => {
    const key = randomUUID();
    const before = providerCalls('/payments');
    const first = await order(key).expect(201);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const after = await counts();
    const again = await order(key).expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toMatchObject({ success: true, message: 'Order created' });
    expect(JSON.stringify(dataOf(again))).toBe(JSON.stringify(dataOf(first)));
    expect(await counts()).toEqual(after);
    expect(providerCalls('/payments')).toBe(before + 1);
    const [kept] = await keyRows(key);
    expect((kept?.response as Buffer).toString('latin1')).not.toContain('_secret_');
    expect([kept]).toEqual([
      {
        request_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        response: expect.any(Buffer) as Buffer,
        hours: 24,
      },
    ]);
  });

  it('knows a request again that is written with other spaces', async () => {
    const of = await world.paidOrder([seller]);
    const key = randomUUID();
    const send = (text: string) =>
      world.test.http
        .post(api(`/marketplace/orders/${of.id}/refund`))
        .set({ ...of.buyer.auth, 'Idempotency-Key': key, 'Content-Type': 'application/json' })
        .send(text);
    const first = await send('{"reason":"a"}').expect(202);
    const again = await send('{  "reason" : "a"}').expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(dataOf(again)).toEqual(dataOf(first));
  });

  it('replays the refund of its own day even after the refund has been settled', async () => {
    const of = await world.paidOrder([seller]);
    const key = randomUUID();
    const first = await refund(of, key, { reason: 'a' });
    await waitFor(async () => (await world.refund(of.id)).psp_ack_at, { what: 'an acknowledged refund' });
    world.sandbox.succeedRefund((await world.refund(of.id)).psp_refund_id);
    await world.orderIs(of.id, 'refunded');
    const again = await refund(of, key, { reason: 'a' });
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([202, 'true']);
    expect(dataOf(again)).toEqual(dataOf(first));
    expect(await world.refunds(of.id)).toHaveLength(1);
  });

  it('is refused for another body, another order and another route', async () => {
    const of = await world.paidOrder([seller]);
    const key = randomUUID();
    await refund(of, key, { reason: 'a' });
    const before = await counts();
    expect(outcome(await refund(of, key, { reason: 'b' }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const elsewhere = { ...of, id: randomUUID() };
    expect(outcome(await refund(elsewhere, key, { reason: 'a' }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(outcome(await order(key, { actor: of.buyer }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await counts()).toEqual(before);
  });

  it('belongs to one user', async () => {
    const stranger = await world.buyer();
    const key = randomUUID();
    const mine = await order(key).expect(201);
    const theirs = await order(key, { actor: stranger }).expect(201);
    expect(theirs.headers).not.toHaveProperty('idempotency-replayed');
    expect(dataOf(theirs)).not.toEqual(dataOf(mine));
    expect(await keyRows(key)).toHaveLength(2);
  });

  it('is 409 with Retry-After while the first request waits for the provider', async () => {
    const key = randomUUID();
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '^/payments$' } });
    const first = order(key).then((response) => response);
    await waitFor(() => world.sandbox.holds().length === 1, { what: 'the first request to wait' });
    const before = await counts();
    const second = await order(key);
    expect([...outcome(second), second.headers['retry-after']]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT', '1']);
    expect(outcome(await order(key, { body: { items: [] } }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await counts()).toEqual(before);
    world.sandbox.releaseHolds();
    const answered = await first;
    expect(answered.status).toBe(201);
    expect(dataOf(await order(key).expect(201))).toEqual(dataOf(answered));
  });

  it('opens one refund for 20 parallel requests', async () => {
    const of = await world.paidOrder([seller]);
    const key = randomUUID();
    const before = providerCalls('/refunds');
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(of, key)));
    const statuses = new Set(answers.map((answer) => answer.status));
    expect([...statuses].sort()).toEqual(statuses.size === 1 ? [202] : [202, 409]);
    const [first, ...others] = answers.filter(({ status }) => status === 202).map(dataOf);
    for (const other of others) expect(other).toEqual(first);
    expect(await world.refunds(of.id)).toHaveLength(1);
    await world.quiet();
    expect(providerCalls('/refunds')).toBe(before + 1);
  });

  it('is free again after a refusal, for any request', async () => {
    const key = randomUUID();
    expect(outcome(await order(key, { body: { items: [] } }))).toEqual([400, 'VALIDATION_ERROR']);
    expect(outcome(await order(key, { body: { items: [{ product_id: randomUUID() }] } }))).toEqual([
      404,
      'PRODUCT_NOT_FOUND',
    ]);
    expect(await keyRows(key)).toEqual([]);
    await order(key).expect(201);
  });

  it('outlives the request of a process that died, for the same request only', async () => {
    const of = await world.paidOrder([seller]);
    const key = randomUUID();
    await refund(of, key, { reason: 'a' });
    const leave = (lease: string) =>
      world.test.sql(
        `UPDATE idempotency_keys SET response = NULL, lease_until = now() + $2::interval WHERE key = $1`,
        [key, lease],
      );
    await leave('1 minute');
    expect(outcome(await refund(of, key, { reason: 'a' }))).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
    await leave('-1 second');
    expect(outcome(await refund(of, key, { reason: 'b' }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    // The request runs again and meets what it left behind.
    const again = await refund(of, key, { reason: 'a' });
    expect(again.status).toBe(202);
    const [left, ...others] = await world.refunds(of.id);
    expect(dataOf(again)).toMatchObject({ refund: { id: left!.id } });
    expect(others).toEqual([]);
  });

  it('is free again when it has expired', async () => {
    const of = await world.paidOrder([seller]);
    const key = randomUUID();
    await refund(of, key, { reason: 'a' });
    await world.test.sql('UPDATE idempotency_keys SET expires_at = now() WHERE key = $1', [key]);
    await world.test.sql(
      `UPDATE refunds SET created_at = created_at - interval '25 hours' WHERE order_id = $1`,
      [of.id],
    );
    expect(outcome(await refund(of, key, { reason: 'b' }))).toEqual([400, 'REFUND_ALREADY_REQUESTED']);
    expect(await keyRows(key)).toEqual([]);
  });

  it.each([
    ['an empty one', ''],
    ['256 characters', 'k'.repeat(256)],
    ['letters beyond ASCII', 'cl\u00e9'],
    ['a tab', 'a\tb'],
  ])('is 400 for %s, and nothing is written', async (_what, key) => {
    const before = await counts();
    const answer = await order(key);
    expect(answer.body).toMatchObject({
      error: { code: 'IDEMPOTENCY_KEY_INVALID', details: [{ field: 'Idempotency-Key' }] },
    });
    expect(answer.status).toBe(400);
    expect(await counts()).toEqual(before);
  });

  it('may have 255 characters', async () => {
    await order(`${randomUUID()}~ !`.padEnd(255, 'k')).expect(201);
  });

  it('means nothing to somebody without a token', async () => {
    const before = await counts();
    await world.test.http
      .post(api('/marketplace/orders'))
      .set('Idempotency-Key', randomUUID())
      .send({ items: [{ product_id: product }] })
      .expect(401);
    expect(await counts()).toEqual(before);
  });

  describe('the job idempotency-retention', () => {
    const run = (signal = new AbortController().signal) =>
      world.test.app.get(IdempotencyRetentionJob, { strict: false }).run({ signal });
    const keep = (count: number, expiresIn: string) =>
      world.test.sql(
        `INSERT INTO idempotency_keys (user_id, key, request_hash, lease_until, expires_at)
         SELECT gen_random_uuid(), n::text, repeat('0', 64), now(), now() + $2::interval
           FROM generate_series(1, $1::int) AS n`,
        [count, expiresIn],
      );

    it('deletes what has expired, however much it is, and nothing else', async () => {
      await world.test.sql('DELETE FROM idempotency_keys');
      await keep(2_500, '-1 second');
      await keep(3, '1 minute');
      await expect(run()).resolves.toEqual({ deleted: 2_500 });
      expect(await counts()).toMatchObject({ keys: 3 });
      await expect(run()).resolves.toEqual({ deleted: 0 });
    });

    it('stops when it is told to', async () => {
      await keep(1, '-1 second');
      await expect(run(AbortSignal.abort())).resolves.toEqual({ deleted: 0 });
    });
  });
});
