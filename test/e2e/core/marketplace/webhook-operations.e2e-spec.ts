import { createHmac, randomUUID } from 'node:crypto';
import { PolledEvents } from '../../../../src/core/marketplace/payments/index.js';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder } from './money-world.js';

const SECRET = 'sandbox-hyperswitch-secret';
const REASON = 'the table is repaired';

interface InboxRow {
  id: string;
  status: string;
  attempts: number;
  last_error: string | null;
  raw_body: Buffer;
}

describe('operating the webhook inbox', () => {
  let world: MoneyWorld;
  let admin: Actor;
  let buyer: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    admin = await world.admin();
    buyer = await world.buyer();
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const get = (path: string, actor: Actor | null = admin) =>
    world.test.http.get(api(path)).set(actor?.auth ?? {});
  const send = (path: string, body: object, actor: Actor | null = admin) =>
    world.test.http
      .post(api(path))
      .set(actor?.auth ?? {})
      .send(body);
  const rowOf = async (objectId: string): Promise<InboxRow> =>
    (await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE object_id = $1', [objectId]))[0]!;
  const count = async (table: string): Promise<number> =>
    (await world.test.sql(`SELECT 1 FROM ${table}`)).length;
  const newOrder = async (): Promise<PaidOrder> =>
    world.placeOrder(buyer, [await world.product(await world.seller(), 700)]);

  /** From now on the database itself refuses to complete this order, until the function that is answered is called. */
  async function obstruct({ id }: PaidOrder): Promise<() => Promise<void>> {
    const name = `obstruct_${id.replaceAll('-', '')}`;
    await world.test.sql(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is on fire'; END $$`,
    );
    await world.test.sql(
      `CREATE TRIGGER ${name} BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.id = '${id}') EXECUTE FUNCTION ${name}()`,
    );
    return async () => {
      await world.test.sql(`DROP FUNCTION ${name}() CASCADE`);
    };
  }

  /** The next attempt is due now and is the last one. */
  const lastAttemptNow = async (webhookEventId: string): Promise<void> => {
    await waitFor(
      async () =>
        (
          await world.test.sql(
            `UPDATE outbox_deliveries SET due_at = now(), attempts = 19 WHERE lease_until IS NULL AND done_at IS NULL
               AND event_id IN (SELECT id FROM outbox_events WHERE payload ->> 'webhookEventId' = $1) RETURNING event_id`,
            [webhookEventId],
          )
        ).length,
    );
  };

  /** A delivery that could not be applied until its attempts were used up. */
  async function deadDelivery(): Promise<{ order: PaidOrder; row: InboxRow; repair: () => Promise<void> }> {
    const order = await newOrder();
    const repair = await obstruct(order);
    world.sandbox.succeedPayment(order.paymentId);
    const failed = await waitFor(async () => {
      const row = await rowOf(order.paymentId);
      return (row as InboxRow | undefined)?.last_error ? row : null;
    });
    await lastAttemptNow(failed.id);
    await waitFor(async () => (await rowOf(order.paymentId)).status === 'dead', { what: 'a dead delivery' });
    return { order, row: await rowOf(order.paymentId), repair };
  }

  /** The outbox keeps what it gave up for the operator; the books are only compared without it. */
  const forgetDeadDeliveries = () =>
    world.test.sql('UPDATE outbox_deliveries SET dead_at = NULL, done_at = now() WHERE dead_at IS NOT NULL');

  describe('a delivery that cannot be applied', () => {
    it('shows each failed attempt, dies visibly with a case, and lives again by a replay', async () => {
      const { order, row, repair } = await deadDelivery();
      expect(row.last_error).toContain('the disk is on fire');
      expect(row.attempts).toBeGreaterThan(0);
      const listed = await get('/admin/webhook-events?status=dead').expect(200);
      expect(listed.body.data).toEqual([expect.objectContaining({ id: row.id, last_error: row.last_error })]);
      const cases = await get('/admin/payments/exceptions?kind=webhook_dead&state=open').expect(200);
      expect(cases.body.data).toEqual([
        expect.objectContaining({ webhook_event_id: row.id, resolved_at: null }),
      ]);
      await repair();
      await send(`/admin/webhook-events/${row.id}/replay`, { reason: REASON }).expect(202);
      await world.orderIs(order.id, 'completed');
      await waitFor(async () => (await rowOf(order.paymentId)).status === 'applied');
      const healed = await get(`/admin/payments/exceptions/${cases.body.data[0].id}`).expect(200);
      expect(healed.body.data).toMatchObject({ resolved_by: null, resolution: 'the delivery was applied' });
      expect(healed.body.data.resolved_at).not.toBeNull();
      await world.transfersAre(order.id, 'completed');
      await forgetDeadDeliveries();
    });
  });

  describe('GET /admin/webhook-events', () => {
    it('filters by kind, object and time', async () => {
      const order = await world.pay(await newOrder());
      await world.transfersAre(order.id, 'completed');
      const { body } = await get(`/admin/webhook-events?kind=payment&object_id=${order.paymentId}`).expect(
        200,
      );
      expect(body.data).toHaveLength(1);
      const at = body.data[0].received_at as string;
      const later = new Date(Date.parse(at) + 1).toISOString();
      const found = async (period: string): Promise<number> =>
        (await get(`/admin/webhook-events?object_id=${order.paymentId}&${period}`).expect(200)).body.data
          .length;
      expect(await found(`from=${at}&to=${later}`)).toBe(1);
      expect(await found(`from=${later}`)).toBe(0);
      expect(await found(`to=${at}`)).toBe(0);
      expect(await found('kind=refund')).toBe(0);
    });

    it('refuses bad filters', async () => {
      for (const filter of ['kind=x', 'status=x', 'from=yesterday', `object_id=${'x'.repeat(300)}`]) {
        expect((await get(`/admin/webhook-events?${filter}`).expect(400)).body.error.code).toBe(
          'VALIDATION_ERROR',
        );
      }
    });
  });

  describe('GET /admin/webhook-events/:id', () => {
    it('shows what was sent, without signature and credentials', async () => {
      const order = await world.pay(await newOrder());
      await world.transfersAre(order.id, 'completed');
      const row = await rowOf(order.paymentId);
      const { body } = await get(`/admin/webhook-events/${row.id}`).expect(200);
      expect(body.data).toMatchObject({
        id: row.id,
        status: 'applied',
        last_error: null,
        body_encoding: 'json',
      });
      expect(body.data.body).toEqual(JSON.parse(row.raw_body.toString()));
      expect(body.data.headers).toHaveProperty('content-type');
      expect(Object.keys(body.data.headers).filter((name) => /signature|auth|cookie/i.test(name))).toEqual(
        [],
      );
    });

    it('refuses bad ids, strangers and others', async () => {
      const path = `/admin/webhook-events/${randomUUID()}`;
      expect((await get(path).expect(404)).body.error.code).toBe('WEBHOOK_EVENT_NOT_FOUND');
      expect((await get('/admin/webhook-events/x').expect(400)).body.error.code).toBe('VALIDATION_ERROR');
      await get(path, null).expect(401);
      expect((await get(path, buyer).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    });
  });

  describe('a signed body that is no JSON', () => {
    const post = (raw: Buffer | string, signature: string) =>
      world.test.http
        .post(api('/webhooks/hyperswitch'))
        .set({ 'content-type': 'application/json', 'x-webhook-signature-512': signature })
        .serialize((sent) => sent as unknown as string)
        .send(raw as string);
    const sign = (raw: Buffer | string): string => createHmac('sha512', SECRET).update(raw).digest('hex');

    it('is rejected as well when its ids hold what no text of the database can', async () => {
      const raw = '{"event_id":"evt_\\u0000","event_type":"refund_succeeded","refund_id":"ref_\\u0000"}';
      const answer = await post(raw, sign(raw)).expect(400);
      expect(answer.body.error.code).toBe('MISSING_REFUND_ID');
    });

    it.each([
      ['half a JSON', '{"a":'],
      ['nothing', ''],
      ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`],
    ])('is kept as rejected and answered 400: %s', async (_what, raw) => {
      const answer = await post(raw, sign(raw)).expect(400);
      expect(answer.body.error.code).toBe('WEBHOOK_UNREADABLE');
      const [row] = await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE raw_body = $1', [
        Buffer.from(raw),
      ]);
      expect(row).toMatchObject({ status: 'rejected', reason: 'WEBHOOK_UNREADABLE' });
      const shown = await get(`/admin/webhook-events/${row!.id}`).expect(200);
      expect(shown.body.data).toMatchObject({
        body_encoding: 'base64',
        body: Buffer.from(raw).toString('base64'),
      });
    });

    it('is refused unread without a signature', async () => {
      const before = await count('webhook_events');
      expect((await post('{"a":', 'x').expect(401)).body.error.code).toBe('INVALID_SIGNATURE');
      expect(await count('webhook_events')).toBe(before);
    });
  });

  describe('POST /admin/webhook-events/replay', () => {
    const period = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

    it('applies all of a status and period once more, and says so in the audit log', async () => {
      const dead = [await deadDelivery(), await deadDelivery()];
      for (const { repair } of dead) await repair();
      const { body } = await send('/admin/webhook-events/replay', {
        status: 'dead',
        ...period,
        reason: REASON,
      }).expect(202);
      expect(body.data).toEqual({ queued: 2, has_more: false });
      for (const { order } of dead) await world.orderIs(order.id, 'completed');
      const audit = await world.test.sql<{ details: object; old_values: object; user_id: string }>(
        `SELECT details, old_values, user_id FROM audit_logs WHERE action = 'webhook_events.replayed'`,
      );
      expect(audit).toEqual([
        {
          details: expect.objectContaining({
            reason: REASON,
            count: 2,
            ids: dead.map(({ row }) => row.id),
          }) as object,
          old_values: { status: 'dead' },
          user_id: admin.id,
        },
      ]);
      for (const { order } of dead) await world.transfersAre(order.id, 'completed');
      await forgetDeadDeliveries();
    });

    it('takes 500 at a time', async () => {
      await world.test.sql(
        `INSERT INTO webhook_events (id, provider, event_id, kind, event_type, object_id, raw_body, headers, source,
                                     status, received_at)
         SELECT gen_random_uuid(), 'hyperswitch', 'bulk_' || n, 'other', 'x', 'x_' || n,
                convert_to('{"event_type":"invoice_paid","content":{"object":{"invoice_id":"x"}}}', 'UTF8'), '{}',
                'webhook', 'ignored', '2019-01-01T00:00:00Z'
           FROM generate_series(1, 501) n`,
      );
      const body = {
        status: 'ignored',
        from: '2019-01-01T00:00:00Z',
        to: '2019-01-02T00:00:00Z',
        reason: REASON,
      };
      expect((await send('/admin/webhook-events/replay', body).expect(202)).body.data).toEqual({
        queued: 500,
        has_more: true,
      });
      await world.quiet();
    });

    it('refuses bad input, strangers and others, and changes nothing', async () => {
      const before = [await count('outbox_events'), await count('audit_logs')];
      const path = '/admin/webhook-events/replay';
      const good = { status: 'applied', ...period, reason: REASON };
      for (const bad of [
        {},
        { ...good, reason: '' },
        { ...good, status: 'rejected' },
        { ...good, from: 'x' },
      ]) {
        expect((await send(path, bad).expect(400)).body.error.code).toBe('VALIDATION_ERROR');
      }
      expect(
        (await send(`/admin/webhook-events/${randomUUID()}/replay`, {}).expect(400)).body.error.code,
      ).toBe('VALIDATION_ERROR');
      await send(path, good, null).expect(401);
      expect((await send(path, good, buyer).expect(403)).body.error.code).toBe(
        'AUTH_INSUFFICIENT_PERMISSIONS',
      );
      expect([await count('outbox_events'), await count('audit_logs')]).toEqual(before);
    });
  });

  describe('news that came from asking', () => {
    const record = (objectId: string, body: object): Promise<boolean> =>
      world.test.app.get(PolledEvents, { strict: false }).record({
        provider: 'hyperswitch',
        kind: 'payment',
        objectId,
        statusKey: 'succeeded',
        body: { payment_id: objectId, status: 'succeeded', ...body },
      });

    it('are applied once through the inbox, whoever tells them at the same time', async () => {
      const order = await newOrder();
      const body = { amount: 700, amount_received: 700, currency: 'EUR' };
      world.sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_' } });
      world.sandbox.succeedPayment(order.paymentId);
      const told = await Promise.all(Array.from({ length: 10 }, () => record(order.paymentId, body)));
      expect(told.filter(Boolean)).toHaveLength(1);
      await world.orderIs(order.id, 'completed');
      await world.transfersAre(order.id, 'completed');
      const rows = await world.test.sql(
        'SELECT source, event_type FROM webhook_events WHERE object_id = $1',
        [order.paymentId],
      );
      expect(rows).toEqual([{ source: 'poll', event_type: 'payment_succeeded' }]);
      expect(await record(order.paymentId, body)).toBe(false);
    });

    it('are told again when nobody could apply them before', async () => {
      const objectId = `pay_${randomUUID()}`;
      expect(await record(objectId, { amount: 1, currency: 'EUR' })).toBe(true);
      await waitFor(async () => (await rowOf(objectId)).status === 'unmatched');
      expect(await record(objectId, { amount: 2, currency: 'EUR' })).toBe(true);
      expect(JSON.parse((await rowOf(objectId)).raw_body.toString()).content.object.amount).toBe(2);
    });
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
});

describe('the limit of the webhooks', () => {
  let world: MoneyWorld;
  beforeAll(async () => {
    world = await MoneyWorld.create({ DISABLE_RATE_LIMIT_FOR_TESTS: 'false', RATE_LIMIT_LIMIT: '5' });
  });
  afterAll(() => world.close());

  it('lets every signed delivery through, and counts the others against the limit per IP', async () => {
    const event = (): object => ({
      event_type: 'invoice_paid',
      content: { type: 'x', object: { invoice_id: randomUUID() } },
    });
    const statuses = async (times: number, signature?: string): Promise<number[]> =>
      (await Promise.all(Array.from({ length: times }, () => world.deliver(event(), { signature })))).map(
        ({ status }) => status,
      );
    expect(await statuses(200)).toEqual(Array.from({ length: 200 }, () => 200));
    expect((await statuses(8, 'forged')).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await statuses(20)).toEqual(Array.from({ length: 20 }, () => 200));
    await world.test.http.get(api('/marketplace/products')).expect(429);
    await world.quiet();
  });
});
