import { randomUUID } from 'node:crypto';
import { api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

describe('ProcessRefundWebhook', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
  });

  const outcomes = async (objectId: string): Promise<string[]> =>
    (await world.inbox(objectId)).map((row) => row.status);
  const refundPostings = async (refundId: string): Promise<number> =>
    (
      await world.test.sql(
        `SELECT 1 FROM ledger_transactions WHERE refund_id = $1 AND kind = 'refund_succeeded'`,
        [refundId],
      )
    ).length;

  it('SucceededFinalizesState: refund, order, licences, balance and transfer change together (invariants 2, 3, 9, 15)', async () => {
    const order = await world.paidOrder([seller]);
    const before = await world.payable(seller.id);
    const refund = await world.openRefund(order);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    expect(await world.order(order.id)).toMatchObject({ status: 'refunded', refunded_amount: '2500' });
    expect(await world.refund(order.id)).toMatchObject({ status: 'succeeded', settled_by: 'webhook' });
    expect(await world.licenses(order.id)).toEqual(['revoked']);
    await world.transfersAre(order.id, 'reversed');
    // The transfer had paid the seller; the refund took the share back and the reversal brought it home.
    expect(await world.payable(seller.id)).toBe(before);
    expect(await refundPostings(refund.id)).toBe(1);
    await world.quiet();
    const mails = await world.test.sql(
      `SELECT 1 FROM outbox_events WHERE type = 'mail.requested' AND payload->>'template' = 'refund-succeeded'
          AND payload->'data'->>'order_id' = $1`,
      [order.id],
    );
    expect(mails).toHaveLength(1);
  });

  it('FailedRollsOrderBack: the order is completed again and the licences stay (invariants 4, 6, 15)', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    expect(await world.licenses(order.id)).toEqual(['active']);
    world.sandbox.failRefund(refund.psp_refund_id, { errorMessage: 'The card was closed' });
    await world.orderIs(order.id, 'completed');
    expect(await world.refund(order.id)).toMatchObject({
      status: 'failed',
      error_message: 'The card was closed',
      succeeded_at: null,
    });
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect((await world.transfer(order.id)).status).toBe('completed');
    expect(await refundPostings(refund.id)).toBe(0);
  });

  it('IdempotentOnReplay: a success that is delivered again changes nothing, not even succeeded_at (invariants 8, 10)', async () => {
    const order = await world.paidOrder([seller]);
    await world.refunded(order);
    await world.quiet();
    const first = await world.refund(order.id);
    const rows = () =>
      world.test.sql(
        'SELECT (SELECT count(*) FROM ledger_entries) AS entries, (SELECT count(*) FROM transfer_reversals) AS reversals',
      );
    const books = await rows();
    world.test.clock.advance(60_000);
    expect((await world.deliver(world.refundEvent(first, order, 'succeeded'))).status).toBe(200);
    const event = world.sandbox.events().find((row) => row.objectId === first.psp_refund_id)!;
    world.sandbox.resendWebhook(event.id);
    await world.quiet();
    expect(await world.refund(order.id)).toEqual(first);
    expect(await rows()).toEqual(books);
    expect(await outcomes(first.psp_refund_id)).toEqual(['applied', 'ignored']);
  });

  it('UnknownRefundIDReturnsOK: an unknown id is 200, kept as unmatched, and writes nothing else (invariant 19)', async () => {
    const refundId = `ref_unknown_${randomUUID()}`;
    const response = await world.deliver({
      event_type: 'refund.succeeded',
      refund_id: refundId,
      status: 'succeeded',
    });
    expect(response.status).toBe(200);
    await waitFor(async () => (await outcomes(refundId))[0] === 'unmatched');
    expect(await world.test.sql('SELECT 1 FROM refunds WHERE psp_refund_id = $1', [refundId])).toEqual([]);
  });

  it('MissingRefundID: a refund event without an id is 400 (invariant 19)', async () => {
    const response = await world.deliver({ event_type: 'refund_succeeded', status: 'succeeded' });
    expect(response.status).toBe(400);
    expect((response.body as { error: { code: string } }).error.code).toBe('MISSING_REFUND_ID');
  });

  it.each(['pending', 'processing', 'requires_action'])(
    'NonTerminalStatusIgnored: %s leaves the refund untouched (invariant 19)',
    async (status) => {
      const order = await world.paidOrder([seller]);
      const refund = await world.openRefund(order);
      expect((await world.deliver(world.refundEvent(refund, order, status))).status).toBe(200);
      await waitFor(async () => (await outcomes(refund.psp_refund_id)).includes('ignored'));
      expect(await world.refund(order.id)).toEqual(refund);
      expect((await world.order(order.id)).status).toBe('refund_pending');
    },
  );

  it('invariant 21: an unsigned, badly signed or altered delivery is 401 and nothing is stored', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    const count = async () => (await world.test.sql('SELECT count(*) AS n FROM webhook_events'))[0];
    const before = await count();
    for (const signature of ['0'.repeat(128), 'short', '\u00e9']) {
      const response = await world.deliver(world.refundEvent(refund, order, 'succeeded'), {
        signature: encodeURIComponent(signature),
      });
      expect(response.status).toBe(401);
    }
    await world.test.http
      .post(api('/webhooks/hyperswitch'))
      .send(world.refundEvent(refund, order, 'succeeded'))
      .expect(401);
    expect(await count()).toEqual(before);
    expect((await world.refund(order.id)).status).toBe('pending');
  });

  it.each([
    ['flat', (id: string) => ({ event_type: 'Refund.Succeeded', refund_id: id, status: 'succeeded' })],
    [
      'object.*',
      (id: string) => ({ event_type: 'REFUND_SUCCEEDED', object: { refund_id: id, status: 'succeeded' } }),
    ],
  ])(
    'invariant 20: a %s refund event of mixed case reaches the refund and never the payment',
    async (_, payload) => {
      const order = await world.paidOrder([seller]);
      const refund = await world.openRefund(order);
      // What the provider's books say must be true as well, without its own delivery.
      world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund' } });
      world.sandbox.succeedRefund(refund.psp_refund_id);
      expect((await world.deliver(payload(refund.psp_refund_id))).status).toBe(200);
      await world.orderIs(order.id, 'refunded');
    },
  );

  it('invariant 10: fifty parallel identical deliveries debit once and revoke once', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund' } });
    world.sandbox.succeedRefund(refund.psp_refund_id);
    const event = { event_id: `evt_${randomUUID()}`, ...world.refundEvent(refund, order, 'succeeded') };
    const responses = await Promise.all(Array.from({ length: 50 }, () => world.deliver(event)));
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([200]));
    await world.orderIs(order.id, 'refunded');
    await world.transfersAre(order.id, 'reversed');
    expect(await refundPostings(refund.id)).toBe(1);
    expect(await world.inbox(refund.psp_refund_id)).toHaveLength(1);
    expect(await world.reversals(order.id)).toHaveLength(1);
  });

  it('invariant 10: fifty parallel deliveries under different event ids debit once as well', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund' } });
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await Promise.all(
      Array.from({ length: 50 }, () => world.deliver(world.refundEvent(refund, order, 'succeeded'))),
    );
    await world.orderIs(order.id, 'refunded');
    await world.quiet();
    await world.transfersAre(order.id, 'reversed');
    expect(await refundPostings(refund.id)).toBe(1);
    const all = await outcomes(refund.psp_refund_id);
    expect(all).toHaveLength(50);
    expect(all.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(all.filter((outcome) => outcome === 'ignored')).toHaveLength(49);
  });

  it('finalises although the webhook came before phase 2 was answered', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '/refunds' } });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    const held = await waitFor(() => world.sandbox.holds()[0]);
    const { psp_refund_id: id } = await world.refund(order.id);
    world.sandbox.succeedRefund(id);
    await world.orderIs(order.id, 'refunded');
    const settled = await world.refund(order.id);
    expect(settled.psp_ack_at).toBeNull();
    world.sandbox.releaseHolds(held.id);
    await world.quiet();
    expect(await world.refund(order.id)).toMatchObject({
      status: 'succeeded',
      succeeded_at: settled.succeeded_at,
    });
    await world.transfersAre(order.id, 'reversed');
  });

  it.each(['document', 'server'] as const)(
    'makes one refund at the provider when its answer is lost after the commit (dialect %s)',
    async (hyperswitchDialect) => {
      world.sandbox.updateSettings({ hyperswitchDialect });
      const order = await world.paidOrder([seller]);
      world.sandbox.orderFault({
        fault: 'drop_after_commit',
        match: { method: 'POST', path: '/refunds' },
      });
      expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
      await waitFor(async () => (await world.refund(order.id)).unknown_since);
      expect((await world.order(order.id)).status).toBe('refund_pending');
      await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
      const refund = await world.refund(order.id);
      expect(refund).toMatchObject({ status: 'pending', unknown_since: null });
      expect(world.sandbox.books().refunds.filter((row) => row.paymentId === order.paymentId)).toHaveLength(
        1,
      );
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await world.orderIs(order.id, 'refunded');
      await world.transfersAre(order.id, 'reversed');
    },
  );

  it.each([
    ['a request that never arrived', { fault: 'drop_before_commit' as const }],
    ['a 500', { fault: 'status' as const, status: 500 }],
    ['an unreadable answer', { fault: 'status' as const, status: 200, body: '<html>' }],
    ['an empty object', { fault: 'empty_object' as const }],
    ['a timeout', { fault: 'delay' as const, delayMs: 1500 }],
  ])('keeps the refund pending after %s and asks again with the same id', async (_, fault) => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ ...fault, match: { method: 'POST', path: '/refunds' } });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    await waitFor(async () => (await world.refund(order.id)).unknown_since);
    const { psp_refund_id: id, status } = await world.refund(order.id);
    expect(status).toBe('pending');
    await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
    expect(world.sandbox.books().refunds.filter((row) => row.paymentId === order.paymentId)).toMatchObject([
      { id },
    ]);
    world.sandbox.succeedRefund(id);
    await world.orderIs(order.id, 'refunded');
  });

  it('asks more and more seldom while nobody knows whether the provider has it', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ fault: 'status', status: 500, times: 20, match: { path: '/refunds' } });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    const { id } = await world.refund(order.id);
    for (const seconds of [2, 5, 15, 60]) {
      await waitFor(
        async () => {
          const [delivery] = await world.test.sql<{ wait: string }>(
            `SELECT ceil(extract(epoch FROM due_at - now())) AS wait FROM outbox_deliveries
              WHERE handler = 'refunds.submit' AND aggregate_id = $1 AND lease_until IS NULL`,
            [id],
          );
          return Number(delivery?.wait) > seconds / 2 && Number(delivery?.wait) <= seconds;
        },
        { what: `a wait of ${String(seconds)} s` },
      );
      await world.test.sql('UPDATE outbox_deliveries SET due_at = now() WHERE aggregate_id = $1', [id]);
    }
    world.sandbox.clearFaults();
    await waitFor(async () => {
      await world.test.sql('UPDATE outbox_deliveries SET due_at = now() WHERE aggregate_id = $1', [id]);
      return (await world.refund(order.id)).psp_ack_at;
    });
    world.sandbox.succeedRefund((await world.refund(order.id)).psp_refund_id);
    await world.orderIs(order.id, 'refunded');
  });

  it.each([
    ['refuses our key', 401],
    ['forbids the call', 403],
  ])('keeps the refund pending for the operator when the provider %s', async (_, status) => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({
      fault: 'status',
      status,
      body: { error: { type: 'invalid_request', code: 'IR_01', message: 'API key not provided' } },
      match: { method: 'POST', path: '/refunds' },
    });
    await world.requestRefund(order.id, order.buyer);
    const { id } = await world.refund(order.id);
    const delivery = () =>
      world.test.sql<{ last_error: string | null }>(
        `SELECT d.last_error FROM outbox_deliveries d JOIN outbox_events e ON e.id = d.event_id
          WHERE d.handler = 'refunds.submit' AND e.aggregate_id = $1 AND d.done_at IS NULL`,
        [id],
      );
    await waitFor(async () => (await delivery())[0]?.last_error?.includes('misconfigured'));
    expect(await world.refund(order.id)).toMatchObject({ status: 'pending', unknown_since: null });
    expect((await world.order(order.id)).status).toBe('refund_pending');
    await world.test.sql(
      `UPDATE outbox_deliveries SET due_at = now() WHERE handler = 'refunds.submit' AND done_at IS NULL`,
    );
    await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
  });

  it.each(['succeeded', 'failed'] as const)(
    'invariant 2: a synchronous "%s" decides nothing; the webhook does',
    async (status) => {
      const order = await world.paidOrder([seller]);
      world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund' } });
      world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '/refunds' } });
      await world.requestRefund(order.id, order.buyer);
      const held = await waitFor(() => world.sandbox.holds()[0]);
      const { psp_refund_id: id } = await world.refund(order.id);
      // The held answer was written before; the next look at the same id is told the end.
      world.sandbox.orderFault({ fault: 'drop_after_commit', match: { method: 'POST', path: '/refunds' } });
      if (status === 'succeeded') world.sandbox.succeedRefund(id);
      else world.sandbox.failRefund(id);
      await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
      world.sandbox.releaseHolds(held.id);
      expect(await world.refund(order.id)).toMatchObject({ status: 'pending', sync_status: status });
      expect((await world.order(order.id)).status).toBe('refund_pending');
      const lost = world.sandbox.events().find((row) => row.objectId === id)!;
      world.sandbox.resendWebhook(lost.id);
      await world.orderIs(order.id, status === 'succeeded' ? 'refunded' : 'completed');
    },
  );

  it('settles nothing on another amount, currency or payment, and puts the case on the list', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    for (const over of [{ amount: 2400 }, { currency: 'USD' }, { payment_id: 'pay_of_somebody_else' }]) {
      expect((await world.deliver(world.refundEvent(refund, order, 'succeeded', over))).status).toBe(200);
    }
    await waitFor(async () => (await outcomes(refund.psp_refund_id)).length === 3);
    await world.quiet();
    expect(await outcomes(refund.psp_refund_id)).toEqual(['contradiction', 'contradiction', 'contradiction']);
    expect((await world.refund(order.id)).status).toBe('pending');
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await world.exceptions('refund_mismatch', order.id)).toBeGreaterThan(0);
  });

  it('invariant 8 as amended: failed after succeeded keeps the row, books the opposite and reopens the order', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.refunded(order);
    await world.transfersAre(order.id, 'reversed');
    const before = await world.payable(seller.id);
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    await waitFor(async () => (await outcomes(refund.psp_refund_id)).includes('contradiction'));
    const contradicted = await world.refund(order.id);
    expect(contradicted).toMatchObject({ status: 'succeeded', succeeded_at: refund.succeeded_at });
    expect(contradicted.contradicted_at).not.toBeNull();
    expect((await world.order(order.id)).refunded_amount).toBe('0');
    expect(await world.exceptions('refund_failed_after_success', order.id)).toBe(1);
    expect(await world.licenses(order.id)).toEqual(['active']);
    // The seller is paid once more, by a transfer of its own.
    await waitFor(async () => {
      const states = (await world.transfers(order.id)).map((row) => row.status).sort();
      return states.join() === 'completed,reversed';
    });
    expect(await world.payable(seller.id)).toBe(before);
    await world.expectBooksToAgree();
    await world.expectInvariants();
    const second = await world.refunded(order);
    expect(second.id).not.toBe(refund.id);
    await world.transfersAre(order.id, 'reversed', 2);
    expect(await world.payable(seller.id)).toBe(before);
  });

  it('invariant 8 as amended: succeeded after failed is booked, because the money did leave', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    const failed = await world.refund(order.id);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    await world.transfersAre(order.id, 'reversed');
    const late = await world.refund(order.id);
    expect(late).toMatchObject({ status: 'failed', failed_at: failed.failed_at });
    expect(late.contradicted_at).not.toBeNull();
    expect(await world.licenses(order.id)).toEqual(['revoked']);
    expect(await world.exceptions('refund_succeeded_after_failure', order.id)).toBe(1);
    const news = world.sandbox.events().filter((row) => row.objectId === refund.psp_refund_id);
    for (const event of news) world.sandbox.resendWebhook(event.id);
    await world.deliver(world.refundEvent(refund, order, 'succeeded'));
    await world.quiet();
    expect(await refundPostings(refund.id)).toBe(1);
    const again = await world.requestRefund(order.id, order.buyer);
    expect((again.body as { error: { code: string } }).error.code).toBe('ORDER_NOT_REFUNDABLE');
    await world.expectInvariants();
  });

  it('invariant 11: each seller is debited by what the order had credited', async () => {
    const other = await world.seller();
    const cheap = await world.product(seller, 1005);
    const dear = await world.product(other, 9999);
    const order = await world.pay(await world.placeOrder(await world.buyer(), [cheap, dear]));
    await world.transfersAre(order.id, 'completed', 2);
    const [mine, theirs] = [await world.payable(seller.id), await world.payable(other.id)];
    world.sandbox.payOutAccount(seller.stripeAccountId);
    world.sandbox.payOutAccount(other.stripeAccountId);
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed', 2);
    expect(await world.payable(seller.id)).toBe(mine - 904);
    expect(await world.payable(other.id)).toBe(theirs - 8999);
    for (const actor of [seller, other]) {
      const response = await world.test.http
        .get(api('/marketplace/seller/balance'))
        .set(actor.auth)
        .expect(200);
      const [balance] = (response.body as { data: { available: number; debt: number }[] }).data;
      expect(balance!.available).toBe(0);
      expect(balance!.debt).toBe(actor.id === seller.id ? 904 - mine : 8999 - theirs);
    }
  });
});
