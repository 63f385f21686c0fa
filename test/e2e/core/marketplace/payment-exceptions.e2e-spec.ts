import { randomUUID } from 'node:crypto';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder } from './money-world.js';

const NOTE = 'compared with the dashboard: nothing is missing';

describe('the exceptions list', () => {
  let world: MoneyWorld;
  let admin: Actor;
  let buyer: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    admin = await world.admin();
    buyer = await world.buyer();
  });
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
  afterAll(() => world.close());

  const get = (path: string, actor: Actor | null = admin) =>
    world.test.http.get(api(path)).set(actor?.auth ?? {});
  const resolve = (id: string, body: object = { note: NOTE }, actor: Actor | null = admin) =>
    world.test.http
      .post(api(`/admin/payments/exceptions/${id}/resolve`))
      .set(actor?.auth ?? {})
      .send(body);
  const rowOf = async (id: string): Promise<object | undefined> =>
    (await world.test.sql<object>('SELECT * FROM payment_exceptions WHERE id = $1', [id]))[0];
  const captured = (order: PaidOrder, eventId = `evt_${randomUUID()}`): object => ({
    event_id: eventId,
    event_type: 'payment_captured',
    content: {
      type: 'payment_details',
      object: {
        payment_id: order.paymentId,
        status: 'partially_captured',
        amount: 900,
        amount_received: 400,
      },
    },
  });
  /** A case of an order, raised by a delivery. */
  async function newCase(): Promise<{ id: string; order: PaidOrder }> {
    const order = await world.placeOrder(buyer, [await world.product(await world.seller(), 900)]);
    await world.deliver(captured(order));
    const found = await waitFor(async () => {
      const { body } = await get(`/admin/payments/exceptions?order_id=${order.id}`);
      return (body.data as { id: string }[])[0] ?? null;
    });
    return { id: found.id, order };
  }

  it('shows a case by kind, state and order, and alone', async () => {
    const { id, order } = await newCase();
    const found = async (filter: string): Promise<string[]> =>
      (
        (await get(`/admin/payments/exceptions?order_id=${order.id}&${filter}`).expect(200)).body.data as {
          id: string;
        }[]
      ).map((one) => one.id);
    expect(await found('state=open&kind=payment_partially_captured')).toEqual([id]);
    expect(await found('state=resolved')).toEqual([]);
    expect(await found('kind=webhook_dead')).toEqual([]);
    const { body } = await get(`/admin/payments/exceptions/${id}`).expect(200);
    expect(body.data).toMatchObject({
      id,
      kind: 'payment_partially_captured',
      order_id: order.id,
      resolved_at: null,
      resolved_by: null,
      resolution: null,
      details: { payment_status: 'partially_captured' },
    });
  });

  it('closes a case with a note, audited, and opens a new one when it happens again', async () => {
    const { id, order } = await newCase();
    await world.deliver(captured(order));
    await world.quiet();
    expect(await world.exceptions('payment_partially_captured', order.id)).toBe(1);
    const { body } = await resolve(id).expect(200);
    expect(body.data).toMatchObject({ id, resolved_by: admin.id, resolution: NOTE });
    const audit = await world.test.sql(
      'SELECT action, user_id, details, old_values FROM audit_logs WHERE resource_id = $1',
      [id],
    );
    expect(audit).toEqual([
      {
        action: 'payment_exception.resolved',
        user_id: admin.id,
        details: { reason: NOTE },
        old_values: { state: 'open', kind: 'payment_partially_captured' },
      },
    ]);
    await world.deliver(captured(order));
    await waitFor(async () => (await world.exceptions('payment_partially_captured', order.id)) === 2);
  });

  it('is closed by one of ten administrators at once', async () => {
    const { id } = await newCase();
    const statuses = await Promise.all(
      Array.from({ length: 10 }, () => resolve(id).then(({ status }) => status)),
    );
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(await world.test.sql('SELECT 1 FROM audit_logs WHERE resource_id = $1', [id])).toHaveLength(1);
  });

  it('refuses a second closing', async () => {
    const { id } = await newCase();
    await resolve(id).expect(200);
    const before = await rowOf(id);
    expect((await resolve(id, { note: 'again' }).expect(409)).body.error.code).toBe(
      'PAYMENT_EXCEPTION_RESOLVED',
    );
    expect(await rowOf(id)).toEqual(before);
  });

  it('refuses bad input, strangers and others, and changes nothing', async () => {
    const { id } = await newCase();
    const before = await rowOf(id);
    for (const bad of [{}, { note: '' }, { note: 'x'.repeat(1001) }, { note: NOTE, state: 'open' }]) {
      expect((await resolve(id, bad).expect(400)).body.error.code).toBe('VALIDATION_ERROR');
    }
    await resolve('x').expect(400);
    expect((await resolve(randomUUID()).expect(404)).body.error.code).toBe('PAYMENT_EXCEPTION_NOT_FOUND');
    await resolve(id, { note: NOTE }, null).expect(401);
    expect((await resolve(id, { note: NOTE }, buyer).expect(403)).body.error.code).toBe(
      'AUTH_INSUFFICIENT_PERMISSIONS',
    );
    expect(await rowOf(id)).toEqual(before);
    expect(await world.test.sql('SELECT 1 FROM audit_logs WHERE resource_id = $1', [id])).toEqual([]);
  });

  it('refuses bad input, strangers and others at one case', async () => {
    const path = `/admin/payments/exceptions/${randomUUID()}`;
    expect((await get(path).expect(404)).body.error.code).toBe('PAYMENT_EXCEPTION_NOT_FOUND');
    await get('/admin/payments/exceptions/x').expect(400);
    await get(path, null).expect(401);
    expect((await get(path, buyer).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    for (const filter of ['kind=unknown', 'state=closed', 'order_id=1']) {
      await get(`/admin/payments/exceptions?${filter}`).expect(400);
    }
  });
});
