import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import { type Actor, api, itWhen, loginActor, waitFor } from '../../../support/index.js';
import { MoneyWorld } from './money-world.js';

const SECRET = 'sandbox-hyperswitch-secret';
const PREVIOUS_SECRET = 'the-secret-before';
const STRIPE_SECRET = 'whsec_sandbox_platform';
const realDelivery = join(
  process.env.CONTRACTS_DIR ?? '../shared/contracts',
  'hyperswitch-refund-succeeded.webhook.json',
);

interface InboxRow {
  id: string;
  status: string;
  kind: string;
  event_type: string;
  object_id: string | null;
  raw_body: Buffer;
  headers: Record<string, string>;
  attempts: number;
}

describe('the webhook inbox', () => {
  let world: MoneyWorld;
  let admin: Actor;
  let buyer: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create({ HYPERSWITCH_WEBHOOK_SECRET_PREVIOUS: PREVIOUS_SECRET });
    admin = await world.admin();
    buyer = await world.buyer();
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const hmac = (raw: string | Buffer, secret = SECRET): string =>
    createHmac('sha512', secret).update(raw).digest('hex');
  const post = (
    provider: 'hyperswitch' | 'stripe',
    raw: string | Buffer,
    headers: Record<string, string> = {},
  ) =>
    world.test.http
      .post(api(`/webhooks/${provider}`))
      .set({ 'content-type': 'application/json', ...headers })
      .send(raw.toString());
  const postSigned = (raw: string | Buffer, secret = SECRET) =>
    post('hyperswitch', raw, { 'x-webhook-signature-512': hmac(raw, secret) });
  const rows = (): Promise<InboxRow[]> =>
    world.test.sql<InboxRow>('SELECT * FROM webhook_events ORDER BY received_at, id');
  const rowOf = async (eventId: string): Promise<InboxRow | undefined> =>
    (await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE event_id = $1', [eventId]))[0];
  const unknownPayment = (change: object = {}) => ({
    event_id: `evt_${randomUUID()}`,
    event_type: 'payment_succeeded',
    content: {
      type: 'payment_details',
      object: { payment_id: `pay_${randomUUID()}`, status: 'succeeded', amount: 1, currency: 'EUR' },
    },
    ...change,
  });

  describe('verifies before it reads', () => {
    it.each([
      ['no signature', {}],
      ['an empty signature', { 'x-webhook-signature-512': '' }],
      [
        'the signature of another body',
        { 'x-webhook-signature-512': createHmac('sha512', SECRET).update('{}').digest('hex') },
      ],
      [
        'a signature with another secret',
        { 'x-webhook-signature-512': createHmac('sha512', 'guess').update('{"a":1}').digest('hex') },
      ],
      [
        'the header that never existed',
        { 'x-webhook-signature-256': createHmac('sha256', SECRET).update('{"a":1}').digest('hex') },
      ],
    ])('refuses %s and stores nothing', async (_what, headers) => {
      const before = (await rows()).length;
      const { body } = await post('hyperswitch', '{"a":1}', headers as Record<string, string>).expect(401);
      expect(body.error.code).toBe('INVALID_SIGNATURE');
      expect(await rows()).toHaveLength(before);
    });

    it('checks the bytes and not what they mean', async () => {
      const raw =
        '{ "event_type":"mandate_active", "content":{"object":{"mandate_id":"m\\u0061n_1"},"type":"mandate_details"}, "n":1.0 }';
      const rewritten = JSON.stringify(JSON.parse(raw));
      await post('hyperswitch', raw, { 'x-webhook-signature-512': hmac(rewritten) }).expect(401);
      await postSigned(raw).expect(200);
    });

    it('takes the secret before while it is being replaced', async () => {
      const event = unknownPayment({
        event_type: 'invoice_paid',
        content: { type: 'x', object: { invoice_id: 'in_1' } },
      });
      await postSigned(JSON.stringify(event), PREVIOUS_SECRET).expect(200);
    });

    it('refuses what Stripe did not sign, or signed long ago', async () => {
      const raw = JSON.stringify({ id: 'evt_s', type: 'payout.paid', data: { object: { id: 'po_1' } } });
      const before = (await rows()).length;
      const old = Math.floor(Date.now() / 1000) - 3600;
      const late = Stripe.webhooks.generateTestHeaderString({
        payload: raw,
        secret: STRIPE_SECRET,
        timestamp: old,
      });
      const foreign = Stripe.webhooks.generateTestHeaderString({ payload: raw, secret: 'whsec_other' });
      for (const headers of [{}, { 'stripe-signature': late }, { 'stripe-signature': foreign }]) {
        expect(
          (await post('stripe', raw, headers as Record<string, string>).expect(401)).body.error.code,
        ).toBe('INVALID_SIGNATURE');
      }
      expect(await rows()).toHaveLength(before);
    });
  });

  describe('stores first', () => {
    it('keeps the exact bytes and the headers, without credentials', async () => {
      const event = unknownPayment({
        event_type: 'invoice_paid',
        content: { type: 'x', object: { invoice_id: 'in_2' } },
      });
      const raw = ` ${JSON.stringify(event)}\n`;
      await post('hyperswitch', raw, {
        'x-webhook-signature-512': hmac(raw),
        authorization: 'Bearer secret',
        cookie: 'a=secret',
      }).expect(200);
      const row = await rowOf(event.event_id);
      expect(row?.raw_body.toString()).toBe(raw);
      expect(row?.headers['x-webhook-signature-512']).toBe(hmac(raw));
      expect(JSON.stringify(row?.headers)).not.toContain('secret');
    });

    it('stores a repeated event once and answers 200 again', async () => {
      const event = JSON.stringify(
        unknownPayment({
          event_type: 'invoice_paid',
          content: { type: 'x', object: { invoice_id: 'in_3' } },
        }),
      );
      const before = (await rows()).length;
      await Promise.all(Array.from({ length: 10 }, () => postSigned(event).expect(200)));
      expect(await rows()).toHaveLength(before + 1);
    });

    it('takes the hash of the bytes where there is no event id (07 7.9.23)', async () => {
      const raw = JSON.stringify({
        event_type: 'invoice_paid',
        content: { type: 'x', object: { invoice_id: 'in_4' } },
      });
      const before = (await rows()).length;
      await postSigned(raw).expect(200);
      await postSigned(raw).expect(200);
      await postSigned(`${raw} `).expect(200);
      expect(await rows()).toHaveLength(before + 2);
    });

    it.each([
      [
        'a refund event without refund_id',
        { event_type: 'refund_succeeded', payment_id: 'pay_1' },
        'MISSING_REFUND_ID',
      ],
      ['an event without an object', { event_type: 'payment_succeeded' }, 'WEBHOOK_NAMES_NOTHING'],
      ['an empty object', {}, 'WEBHOOK_NAMES_NOTHING'],
      ['a list', [], 'WEBHOOK_UNREADABLE'],
    ])('stores %s as rejected and answers 400', async (_what, body, code) => {
      const eventId = `evt_${randomUUID()}`;
      const raw = JSON.stringify(Array.isArray(body) ? body : { event_id: eventId, ...body });
      const answer = await postSigned(raw).expect(400);
      expect(answer.body.error.code).toBe(code);
      const [row] = await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE raw_body = $1', [
        Buffer.from(raw),
      ]);
      expect(row).toMatchObject({ status: 'rejected', object_id: null, reason: code });
      expect(await world.test.sql('SELECT 1 FROM outbox_events WHERE aggregate_id = $1', [row?.id])).toEqual(
        [],
      );
      await postSigned(raw).expect(400);
    });

    it('stores a signed Stripe delivery that names no object as rejected and answers 400', async () => {
      const raw = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type: 'account.updated' });
      const signature = Stripe.webhooks.generateTestHeaderString({ payload: raw, secret: STRIPE_SECRET });
      const answer = await post('stripe', raw, { 'stripe-signature': signature }).expect(400);
      expect(answer.body.error.code).toBe('WEBHOOK_NAMES_NOTHING');
      const [row] = await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE raw_body = $1', [
        Buffer.from(raw),
      ]);
      expect(row).toMatchObject({ status: 'rejected', provider: 'stripe', object_id: null });
    });

    it('ignores what nobody cares for', async () => {
      const event = unknownPayment({
        event_type: 'payout_success',
        content: { type: 'payout_details', object: { payout_id: 'po_1' } },
      });
      await postSigned(JSON.stringify(event)).expect(200);
      await waitFor(async () => (await rowOf(event.event_id))?.status === 'ignored');
    });
  });

  describe('waits for what it does not know yet', () => {
    it('tries again and matches later', async () => {
      const event = unknownPayment();
      await postSigned(JSON.stringify(event)).expect(200);
      await waitFor(async () => (await rowOf(event.event_id))?.status === 'unmatched');
      const seller = await world.seller();
      const order = await world.placeOrder(buyer, [await world.product(seller, 1)]);
      world.sandbox.orderFault({ webhook: 'lose' });
      world.sandbox.succeedPayment(order.paymentId);
      await world.test.sql('UPDATE orders SET psp_payment_id = $2 WHERE id = $1', [
        order.id,
        event.content.object.payment_id,
      ]);
      await dueNow(event.event_id);
      await world.orderIs(order.id, 'completed');
      await waitFor(async () => (await rowOf(event.event_id))?.status === 'applied');
    });

    it('asks a person after 24 hours, once', async () => {
      const event = unknownPayment();
      await postSigned(JSON.stringify(event)).expect(200);
      await waitFor(async () => (await rowOf(event.event_id))?.status === 'unmatched');
      world.test.clock.advance(23 * 3_600_000);
      await dueNow(event.event_id);
      await waitFor(async () => (await rowOf(event.event_id))?.attempts === 2);
      expect((await rowOf(event.event_id))?.status).toBe('unmatched');
      world.test.clock.advance(3_600_000);
      await dueNow(event.event_id);
      await waitFor(async () => (await rowOf(event.event_id))?.status === 'exception');
      const row = await rowOf(event.event_id);
      const cases = await world.test.sql('SELECT kind FROM payment_exceptions WHERE webhook_event_id = $1', [
        row?.id,
      ]);
      expect(cases).toEqual([{ kind: 'webhook_unmatched' }]);
      const there = await loginActor(world.test, { email: admin.email, password: admin.password });
      const { body } = await world.test.http
        .get(api('/admin/payments/exceptions?kind=webhook_unmatched'))
        .set(there.auth)
        .expect(200);
      expect(body.data).toContainEqual(
        expect.objectContaining({ webhook_event_id: row?.id, provider: 'hyperswitch' }),
      );
    });

    itWhen(
      existsSync(realDelivery),
      `${realDelivery} is not there (CONTRACTS_DIR)`,
      'stores a real delivery of a refund that is none of ours',
      async () => {
        const raw = readFileSync(realDelivery);
        await postSigned(raw).expect(200);
        const row = await waitFor(async () => {
          const found = await rowOf('evt_019ff50a03d373c09795e22b542bef6e');
          return found?.status === 'received' ? null : found;
        });
        expect(row).toMatchObject({
          kind: 'refund',
          event_type: 'refund_succeeded',
          object_id: 'ref_xajIH1oeqxRF3eEJqkYW',
          status: 'unmatched',
        });
        expect(row.raw_body.equals(raw)).toBe(true);
      },
    );

    const dueNow = async (eventId: string): Promise<void> => {
      const row = await rowOf(eventId);
      await waitFor(
        async () =>
          (
            await world.test.sql(
              `UPDATE outbox_deliveries SET due_at = now() WHERE lease_until IS NULL AND done_at IS NULL
                AND event_id IN (SELECT id FROM outbox_events WHERE aggregate_id = $1) RETURNING event_id`,
              [row?.id],
            )
          ).length,
      );
    };
  });

  describe('for administrators', () => {
    const get = (path: string, actor: Actor | null) => world.test.http.get(api(path)).set(actor?.auth ?? {});

    it('lists deliveries and cases', async () => {
      const { body } = await get(
        '/admin/webhook-events?status=ignored&provider=hyperswitch&limit=2',
        admin,
      ).expect(200);
      expect(body.data).toHaveLength(2);
      expect(body.data[0]).toMatchObject({ provider: 'hyperswitch', status: 'ignored', source: 'webhook' });
      expect(body.data[0]).not.toHaveProperty('raw_body');
      const cursor = body.pagination.next_cursor as string;
      const next = await get(
        `/admin/webhook-events?status=ignored&provider=hyperswitch&limit=2&cursor=${cursor}`,
        admin,
      ).expect(200);
      expect(next.body.data.map((one: { id: string }) => one.id)).not.toContain(body.data[0].id);
      await get('/admin/payments/exceptions', admin).expect(200);
    });

    it.each(['/admin/webhook-events', '/admin/payments/exceptions'])(
      'refuses bad input, strangers and others at %s',
      async (path) => {
        await get(`${path}?limit=0`, admin).expect(400);
        await get(`${path}?unknown=1`, admin).expect(400);
        await get(path, null).expect(401);
        expect((await get(path, buyer).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      },
    );

    describe('POST /admin/webhook-events/:id/replay', () => {
      const replay = (id: string, actor: Actor | null) =>
        world.test.http
          .post(api(`/admin/webhook-events/${id}/replay`))
          .set(actor?.auth ?? {})
          .send({ reason: 'asked by the provider' });

      it('applies what failed before, and changes nothing of what was applied', async () => {
        const seller = await world.seller();
        const order = await world.pay(await world.placeOrder(buyer, [await world.product(seller, 900)]));
        await world.quiet();
        const [row] = await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE object_id = $1', [
          order.paymentId,
        ]);
        expect((await replay(row!.id, admin).expect(202)).body.data.status).toBe('received');
        await waitFor(async () => {
          const [now] = await world.test.sql<InboxRow>('SELECT status FROM webhook_events WHERE id = $1', [
            row!.id,
          ]);
          return now?.status === 'ignored';
        });
        expect(
          await world.test.sql('SELECT 1 FROM ledger_transactions WHERE order_id = $1', [order.id]),
        ).toHaveLength(1);
        expect(await world.licenses(order.id)).toEqual(['active']);
        const audit = await world.test.sql(
          'SELECT action, user_id, details, old_values FROM audit_logs WHERE resource_id = $1',
          [row!.id],
        );
        expect(audit).toEqual([
          {
            action: 'webhook_event.replayed',
            user_id: admin.id,
            details: { reason: 'asked by the provider' },
            old_values: { status: 'applied' },
          },
        ]);
        await world.transfersAre(order.id, 'completed');
      });

      it('refuses what can never be applied, what does not exist, and who may not', async () => {
        const raw = JSON.stringify({ event_id: `evt_${randomUUID()}`, event_type: 'refund_failed' });
        await postSigned(raw).expect(400);
        const [row] = await world.test.sql<InboxRow>('SELECT * FROM webhook_events WHERE raw_body = $1', [
          Buffer.from(raw),
        ]);
        const before = (await world.test.sql('SELECT 1 FROM outbox_events')).length;
        expect((await replay(row!.id, admin).expect(409)).body.error.code).toBe('WEBHOOK_EVENT_REJECTED');
        expect((await replay(randomUUID(), admin).expect(404)).body.error.code).toBe(
          'WEBHOOK_EVENT_NOT_FOUND',
        );
        await replay('x', admin).expect(400);
        await replay(row!.id, null).expect(401);
        expect((await replay(row!.id, buyer).expect(403)).body.error.code).toBe(
          'AUTH_INSUFFICIENT_PERMISSIONS',
        );
        expect(await world.test.sql('SELECT 1 FROM outbox_events')).toHaveLength(before);
      });
    });
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
  });
});
