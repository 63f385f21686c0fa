import { waitFor } from '../../../support/index.js';
import type { RefundRow } from './money-rows.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GET_REFUND = { method: 'GET', path: '^/refunds/' };

describe('the refund sweep (08 3.2 P4)', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    // Every refund ends, so that no test finds those of another one due.
    for (const row of world.sandbox.books().refunds) {
      if (row.status === 'pending' || row.status === 'review') world.sandbox.failRefund(row.id);
    }
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const loseWebhook = (): void => {
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
  };
  const asked = (refund: RefundRow): number =>
    world.sandbox
      .requests()
      .filter((call) => call.method === 'GET' && call.path.startsWith(`/refunds/${refund.psp_refund_id}`))
      .length;
  const sweepAt = (ms: number): Promise<Record<string, number>> => {
    world.test.clock.advance(ms);
    return world.runRefundSweep();
  };
  const open = async (): Promise<{ order: PaidOrder; refund: RefundRow }> => {
    const order = await world.paidOrder([seller]);
    return { order, refund: await world.openRefund(order) };
  };
  const cases = (refund: RefundRow, kind: string): Promise<{ resolved_at: Date | null }[]> =>
    world.test.sql('SELECT resolved_at FROM payment_exceptions WHERE refund_id = $1 AND kind = $2', [
      refund.id,
      kind,
    ]);
  const resend = (refund: RefundRow): void => {
    const lost = world.sandbox.events().find((event) => event.objectId === refund.psp_refund_id)!;
    world.sandbox.resendWebhook(lost.id);
  };

  it.each([
    ['succeeded', 'refunded'],
    ['failed', 'completed'],
  ])('ends a refund whose "%s" was lost, by the same reducer, once', async (status, orderStatus) => {
    const { order, refund } = await open();
    loseWebhook();
    if (status === 'succeeded') world.sandbox.succeedRefund(refund.psp_refund_id);
    else world.sandbox.failRefund(refund.psp_refund_id);
    expect(await sweepAt(2 * MINUTE_MS)).toEqual({ ended: 1 });
    await world.orderIs(order.id, orderStatus);
    await world.quiet();
    expect(await world.refund(order.id)).toMatchObject({ status, settled_by: 'poll', next_check_at: null });
    const settled = await world.refund(order.id);
    expect(await sweepAt(48 * HOUR_MS)).toEqual({});
    resend(refund);
    await world.quiet();
    expect(await world.refund(order.id)).toEqual(settled);
    const inbox = await world.test.sql(
      'SELECT source, status FROM webhook_events WHERE object_id = $1 ORDER BY received_at, source',
      [refund.psp_refund_id],
    );
    expect(inbox).toMatchObject([
      { source: 'poll', status: 'applied' },
      { source: 'webhook', status: 'ignored' },
    ]);
  });

  it('asks at the steps and not between them', async () => {
    const { refund, order } = await open();
    expect(await sweepAt(2 * MINUTE_MS - 1_000)).toEqual({});
    const counts: number[] = [];
    for (const minutes of [1, 7, 2, 50, 5 * 60, 18 * 60, 23 * 60, 60]) {
      await sweepAt(minutes * MINUTE_MS);
      counts.push(asked(refund));
    }
    expect(counts).toEqual([1, 1, 2, 3, 4, 5, 5, 6]);
    expect((await world.refund(order.id)).status).toBe('pending');
  });

  it('sends again, under the same id, what never arrived', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({
      fault: 'drop_before_commit',
      times: 1_000,
      match: { method: 'POST', path: '^/refunds$' },
    });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    await waitFor(async () => (await world.refund(order.id)).unknown_since);
    // Whoever would try again is gone, and the acknowledgement was for nothing.
    await world.test.sql(
      `UPDATE outbox_deliveries d SET done_at = now() FROM outbox_events e
        WHERE e.id = d.event_id AND e.type = 'refund.requested' AND d.done_at IS NULL`,
    );
    const refund = await world.refund(order.id);
    await world.test.sql('UPDATE refunds SET psp_ack_at = now(), unknown_since = NULL WHERE id = $1', [
      refund.id,
    ]);
    world.sandbox.clearFaults();
    expect(await sweepAt(2 * MINUTE_MS)).toEqual({ resubmitted: 1 });
    expect(world.sandbox.books().refunds.filter((row) => row.paymentId === order.paymentId)).toMatchObject([
      { id: refund.psp_refund_id, amountMinor: 2500 },
    ]);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
  });

  it('puts a review of more than a day on the list, and takes it off when the refund ends', async () => {
    const { order, refund } = await open();
    world.sandbox.reviewRefund(refund.psp_refund_id);
    expect(await sweepAt(2 * MINUTE_MS)).toEqual({ review: 1 });
    expect((await world.refund(order.id)).review_since).not.toBeNull();
    expect(await sweepAt(23 * HOUR_MS)).toEqual({ review: 1 });
    expect(await cases(refund, 'refund_in_review')).toEqual([]);
    await sweepAt(HOUR_MS);
    expect(await cases(refund, 'refund_in_review')).toMatchObject([{ resolved_at: null }]);
    await sweepAt(24 * HOUR_MS);
    expect(await cases(refund, 'refund_in_review')).toHaveLength(1);
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    expect((await cases(refund, 'refund_in_review'))[0]!.resolved_at).not.toBeNull();
  });

  it('puts what is pending after the last step on the list, even when the provider cannot be reached', async () => {
    const { order, refund } = await open();
    world.sandbox.orderFault({ fault: 'status', status: 500, match: GET_REFUND });
    expect(await sweepAt(24 * HOUR_MS)).toEqual({ unknown: 1 });
    expect(await cases(refund, 'refund_stuck')).toMatchObject([{ resolved_at: null }]);
    const { next_check_at: next } = await world.refund(order.id);
    expect(next!.getTime() - world.test.clock.now().getTime()).toBeGreaterThan(23.9 * HOUR_MS);
    loseWebhook();
    world.sandbox.failRefund(refund.psp_refund_id);
    expect(await sweepAt(24 * HOUR_MS + MINUTE_MS)).toEqual({ ended: 1 });
    await world.orderIs(order.id, 'completed');
    expect((await cases(refund, 'refund_stuck'))[0]!.resolved_at).not.toBeNull();
  });

  it('goes on with the others when one cannot be asked for', async () => {
    const [first, second] = [await open(), await open()];
    loseWebhook();
    world.sandbox.succeedRefund(second.refund.psp_refund_id);
    world.sandbox.orderFault({
      fault: 'truncate',
      match: { method: 'GET', path: first.refund.psp_refund_id },
    });
    expect(await sweepAt(2 * MINUTE_MS)).toEqual({ unknown: 1, ended: 1 });
    await world.orderIs(second.order.id, 'refunded');
    expect(asked(first.refund)).toBe(1);
  });

  it('stops at refused credentials and plans nothing: no look has happened', async () => {
    const [first, second] = [await open(), await open()];
    world.sandbox.orderFault({ fault: 'status', status: 401, times: 2, match: GET_REFUND });
    expect(await sweepAt(2 * MINUTE_MS)).toEqual({ misconfigured: 1 });
    for (const { order, refund } of [first, second]) {
      expect((await world.refund(order.id)).next_check_at).toEqual(refund.next_check_at);
    }
    world.sandbox.clearFaults();
    expect(await world.runRefundSweep()).toEqual({ pending: 2 });
  });

  it('settles once when it runs in ten places at the same moment as the webhook arrives', async () => {
    const { order, refund } = await open();
    loseWebhook();
    world.sandbox.succeedRefund(refund.psp_refund_id);
    world.test.clock.advance(2 * MINUTE_MS);
    resend(refund);
    await Promise.all(Array.from({ length: 10 }, () => world.runRefundSweep()));
    await world.orderIs(order.id, 'refunded');
    await world.quiet();
    const postings = await world.test.sql('SELECT 1 FROM ledger_transactions WHERE refund_id = $1', [
      refund.id,
    ]);
    expect(postings).toHaveLength(1);
  });
});

describe('the refund sweep that may only ask (REFUND_POLL_AUTHORITATIVE=false)', () => {
  it('ends nothing, tells a person, and the webhook ends it after all', async () => {
    const world = await MoneyWorld.create({ REFUND_POLL_AUTHORITATIVE: 'false' });
    const order = await world.paidOrder([await world.seller()]);
    const refund = await world.openRefund(order);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
    world.sandbox.succeedRefund(refund.psp_refund_id);
    world.test.clock.advance(2 * MINUTE_MS);
    expect(await world.runRefundSweep()).toEqual({ ended: 1 });
    await world.quiet();
    expect((await world.refund(order.id)).status).toBe('pending');
    expect(await world.exceptions('refund_not_confirmed', order.id)).toBe(1);
    const lost = world.sandbox.events().find((event) => event.objectId === refund.psp_refund_id)!;
    world.sandbox.resendWebhook(lost.id);
    await world.orderIs(order.id, 'refunded');
    expect(await world.refund(order.id)).toMatchObject({ settled_by: 'webhook' });
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });
});
