import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { type Actor, api, waitFor } from '../../../support/index.js';
import type { RefundRow } from './money-rows.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const STEP_MS = 60_000;

describe("an administrator's word about a refund", () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;
  let second: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create({ FOUR_EYES_AMOUNT: '3000', REFUND_SWEEP_STEPS: '1m' });
    [seller, admin, second] = [await world.seller(), await world.admin(), await world.admin()];
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.quiet();
    await world.expectInvariants();
  });

  const open = async (priceMinor = 2500): Promise<{ order: PaidOrder; refund: RefundRow }> => {
    const order = await world.paidOrder([seller], { priceMinor });
    return { order, refund: await world.openRefund(order) };
  };
  const resolve = (
    refundId: string,
    outcome: string,
    {
      actor = admin,
      reason = 'the bank says so',
      headers = {},
    }: {
      actor?: Actor;
      reason?: string;
      headers?: Record<string, string>;
    } = {},
  ): Promise<Response> =>
    world.test.http
      .post(api(`/admin/refunds/${refundId}/resolve`))
      .set({ ...actor.auth, ...headers })
      .send({ outcome, reason })
      .then((response) => response);
  const answer = (response: Response): [number, string | undefined] => [
    response.status,
    (response.body as { error?: { code: string } }).error?.code,
  ];
  const approve = (approvalId: string, actor: Actor): Promise<Response> =>
    world.test.http
      .post(api(`/admin/approvals/${approvalId}/approve`))
      .set(actor.auth)
      .send({ reason: 'checked' })
      .then((response) => response);
  const approvalOf = (response: Response): string =>
    (response.body as { data: { approval: { id: string } } }).data.approval.id;
  const trail = (refundId: string) =>
    world.test.sql(
      `SELECT user_id, details, old_values, new_values FROM audit_logs
        WHERE action = 'refund.resolved' AND resource_id = $1`,
      [refundId],
    );
  const expectPending = async (order: PaidOrder, refund: RefundRow): Promise<void> => {
    expect(await world.refund(order.id)).toMatchObject({ id: refund.id, status: 'pending' });
    expect((await world.order(order.id)).status).toBe('refund_pending');
    expect(await trail(refund.id)).toEqual([]);
  };
  const end = (refund: RefundRow): void => {
    world.sandbox.failRefund(refund.psp_refund_id);
  };

  it('ends a refund under review as failed, audited with what it was', async () => {
    const { order, refund } = await open();
    world.sandbox.reviewRefund(refund.psp_refund_id);
    const response = await resolve(refund.id, 'failed');
    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({
      data: { refund: { id: refund.id, status: 'failed', settled_by: 'admin' }, approval: null },
    });
    expect((await world.order(order.id)).status).toBe('completed');
    expect(await trail(refund.id)).toMatchObject([
      {
        user_id: admin.id,
        details: { reason: 'the bank says so', provider_status: 'review' },
        old_values: { status: 'pending' },
        new_values: { outcome: 'failed' },
      },
    ]);
    end(refund);
    await world.expectBooksToAgree();
  });

  it('ends a stuck one as succeeded, and the late failure of the provider is a contradiction', async () => {
    const { order, refund } = await open();
    world.test.clock.advance(STEP_MS);
    expect((await resolve(refund.id, 'succeeded')).status).toBe(202);
    expect((await world.order(order.id)).status).toBe('refunded');
    expect(await world.licenses(order.id)).toEqual(['revoked']);
    end(refund);
    await world.orderIs(order.id, 'completed');
    expect(await world.exceptions('refund_failed_after_success', order.id)).toBe(1);
    await world.expectBooksToAgree();
  });

  it("carries out the provider's own word, whose webhook was lost", async () => {
    const { order, refund } = await open();
    world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
    world.sandbox.succeedRefund(refund.psp_refund_id);
    expect(answer(await resolve(refund.id, 'failed'))).toEqual([409, 'REFUND_CONTRADICTS_PROVIDER']);
    expect(answer(await resolve(refund.id, 'resubmit'))).toEqual([409, 'REFUND_CONTRADICTS_PROVIDER']);
    await expectPending(order, refund);
    expect((await resolve(refund.id, 'succeeded')).status).toBe(202);
    expect((await world.order(order.id)).status).toBe('refunded');
    await world.expectBooksToAgree();
  });

  it('sends again only what the provider does not know', async () => {
    const { order, refund } = await open();
    expect(answer(await resolve(refund.id, 'resubmit'))).toEqual([409, 'REFUND_NOT_RESUBMITTABLE']);
    await expectPending(order, refund);
    end(refund);
    await world.orderIs(order.id, 'completed');
    world.sandbox.orderFault({
      fault: 'status',
      status: 401,
      times: 1_000,
      match: { method: 'POST', path: '^/refunds$' },
    });
    const posts = (): number =>
      world.sandbox.requests().filter((call) => call.method === 'POST' && call.path === '/refunds').length;
    const before = posts();
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    const lost = await world.refund(order.id);
    await waitFor(async () => posts() > before, { what: 'a refused call' });
    expect((await resolve(lost.id, 'resubmit')).status).toBe(202);
    world.sandbox.clearFaults();
    // Under way for longer than a call can take, so that the sweep may send it.
    await world.test.sql(`UPDATE refunds SET created_at = created_at - interval '10 s' WHERE id = $1`, [
      lost.id,
    ]);
    expect(await world.runRefundSweep()).toEqual({ resubmitted: 1 });
    await waitFor(async () => (await world.refund(order.id)).psp_ack_at);
    const sent = world.sandbox.books().refunds.filter((row) => row.id === lost.psp_refund_id);
    expect(sent).toHaveLength(1);
    world.sandbox.succeedRefund(lost.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    await world.expectBooksToAgree();
  });

  it('decides nothing while the provider may still answer, or cannot be asked', async () => {
    const { order, refund } = await open();
    for (const outcome of ['succeeded', 'failed']) {
      expect(answer(await resolve(refund.id, outcome))).toEqual([409, 'REFUND_NOT_STUCK']);
    }
    world.test.clock.advance(STEP_MS);
    world.sandbox.orderFault({ fault: 'status', status: 500, match: { method: 'GET', path: '^/refunds/' } });
    expect(answer(await resolve(refund.id, 'failed'))).toEqual([503, 'PAYMENT_PROVIDER_UNAVAILABLE']);
    await expectPending(order, refund);
    end(refund);
    await world.orderIs(order.id, 'completed');
    expect(answer(await resolve(refund.id, 'failed'))).toEqual([409, 'REFUND_SETTLED']);
  });

  it('never gives back more than was captured, whatever a person says', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({
      fault: 'status',
      status: 401,
      times: 1_000,
      match: { method: 'POST', path: '^/refunds$' },
    });
    expect((await world.requestRefund(order.id, order.buyer)).status).toBe(202);
    const own = await world.refund(order.id);
    const made = world.sandbox.refundInDashboard(order.paymentId, 2500);
    world.sandbox.succeedRefund(made.id);
    await world.orderIs(order.id, 'refunded');
    world.sandbox.clearFaults();
    world.test.clock.advance(STEP_MS);
    expect(answer(await resolve(own.id, 'succeeded'))).toEqual([422, 'REFUND_EXCEEDS_REST']);
    expect(await trail(own.id)).toEqual([]);
    expect((await resolve(own.id, 'failed')).status).toBe(202);
    expect((await world.order(order.id)).status).toBe('refunded');
    await world.expectBooksToAgree();
  });

  it('refuses what is bad, unknown, anonymous or not an administrator', async () => {
    const { order, refund } = await open();
    expect(answer(await resolve(refund.id, 'perhaps'))).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer(await resolve(refund.id, 'failed', { reason: '' }))).toEqual([400, 'VALIDATION_ERROR']);
    expect((await resolve('nonsense', 'failed')).status).toBe(400);
    expect(answer(await resolve(randomUUID(), 'failed'))).toEqual([404, 'REFUND_NOT_FOUND']);
    expect((await resolve(refund.id, 'failed', { actor: order.buyer })).status).toBe(403);
    expect((await resolve(refund.id, 'failed', { actor: seller })).status).toBe(403);
    const path = api(`/admin/refunds/${refund.id}/resolve`);
    await world.test.http.post(path).send({ outcome: 'failed', reason: 'x' }).expect(401);
    await expectPending(order, refund);
    end(refund);
  });

  it('ends it once under twenty parallel decisions', async () => {
    const { order, refund } = await open();
    world.sandbox.reviewRefund(refund.psp_refund_id);
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => resolve(refund.id, index % 2 === 0 ? 'failed' : 'succeeded')),
    );
    expect(responses.filter((response) => response.status === 202)).toHaveLength(1);
    expect(await trail(refund.id)).toHaveLength(1);
    const { status } = await world.refund(order.id);
    if (status === 'failed') end(refund);
    else world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.expectBooksToAgree();
  });

  it('repeats its answer under the same Idempotency-Key', async () => {
    const { refund } = await open();
    world.sandbox.reviewRefund(refund.psp_refund_id);
    const headers = { 'Idempotency-Key': randomUUID() };
    const [first, again] = [
      await resolve(refund.id, 'failed', { headers }),
      await resolve(refund.id, 'failed', { headers }),
    ];
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(await trail(refund.id)).toHaveLength(1);
    end(refund);
  });

  describe('above FOUR_EYES_AMOUNT', () => {
    it('ends a refund when a second administrator agrees, not the first, and once', async () => {
      const { order, refund } = await open(3001);
      world.sandbox.reviewRefund(refund.psp_refund_id);
      const asked = await resolve(refund.id, 'succeeded');
      expect(asked.status).toBe(202);
      await expectPending(order, refund);
      expect(answer(await resolve(refund.id, 'succeeded'))).toEqual([409, 'APPROVAL_ALREADY_REQUESTED']);
      expect(answer(await approve(approvalOf(asked), admin))).toEqual([403, 'SECOND_ADMIN_REQUIRED']);
      await expectPending(order, refund);
      const decided = await Promise.all(Array.from({ length: 5 }, () => approve(approvalOf(asked), second)));
      expect(decided.filter((response) => response.status === 202)).toHaveLength(1);
      await world.orderIs(order.id, 'refunded');
      expect(await trail(refund.id)).toMatchObject([
        { user_id: admin.id, details: { approved_by: second.id, approval_id: approvalOf(asked) } },
      ]);
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await world.expectBooksToAgree();
    });

    it('needs nobody else for what the provider itself says', async () => {
      const { order, refund } = await open(3001);
      world.sandbox.orderFault({ webhook: 'lose', match: { type: '^refund_' } });
      world.sandbox.succeedRefund(refund.psp_refund_id);
      expect((await resolve(refund.id, 'succeeded')).body).toMatchObject({ data: { approval: null } });
      expect((await world.order(order.id)).status).toBe('refunded');
    });

    it('opens a refund beyond the rights of buyer and seller only with a second administrator', async () => {
      const order = await world.paidOrder([seller], { priceMinor: 4000 });
      const asked = await world.requestRefund(order.id, admin, { amount: 3500, reason: 'goodwill' });
      expect(asked.status).toBe(202);
      expect(asked.body).toMatchObject({
        data: { refund: null, approval: { action: 'refund.request', amount: 3500, status: 'pending' } },
      });
      expect(await world.refunds(order.id)).toEqual([]);
      expect((await world.order(order.id)).status).toBe('completed');
      expect(answer(await approve(approvalOf(asked), admin))).toEqual([403, 'SECOND_ADMIN_REQUIRED']);
      expect((await approve(approvalOf(asked), second)).status).toBe(202);
      const refund = await waitFor(async () => {
        const newest = (await world.refunds(order.id))[0];
        return newest?.psp_ack_at == null ? null : newest;
      });
      expect(refund).toMatchObject({ amount: '3500', origin: 'request' });
      world.sandbox.succeedRefund(refund.psp_refund_id);
      await world.orderIs(order.id, 'partially_refunded');
    });

    it('counts what the order gave back before: several small ones are a large one', async () => {
      const order = await world.paidOrder([seller], { priceMinor: 4000 });
      expect(
        (await world.requestRefund(order.id, admin, { amount: 2000, reason: 'goodwill' })).body,
      ).toMatchObject({
        data: { refund: { amount: 2000 }, approval: null },
      });
      const first = await waitFor(async () => {
        const refund = await world.refund(order.id);
        return refund.psp_ack_at === null ? null : refund;
      });
      world.sandbox.succeedRefund(first.psp_refund_id);
      await world.orderIs(order.id, 'partially_refunded');
      expect(
        (await world.requestRefund(order.id, admin, { amount: 1001, reason: 'goodwill' })).body,
      ).toMatchObject({
        data: { refund: null, approval: { amount: 1001 } },
      });
      expect(await world.refunds(order.id)).toHaveLength(1);
      expect(
        (await world.requestRefund(order.id, admin, { amount: 1000, reason: 'goodwill' })).body,
      ).toMatchObject({
        data: { refund: { amount: 1000 }, approval: null },
      });
    });

    it('says so when what was approved can no longer be done', async () => {
      const order = await world.paidOrder([seller], { priceMinor: 4000 });
      const asked = await world.requestRefund(order.id, admin, { amount: 3500, reason: 'goodwill' });
      const own = await world.openRefund(order, { amount: 1000 });
      world.sandbox.succeedRefund(own.psp_refund_id);
      await world.orderIs(order.id, 'partially_refunded');
      expect((await approve(approvalOf(asked), second)).status).toBe(202);
      await waitFor(async () => {
        const [row] = await world.test.sql<{ error: string | null }>(
          'SELECT error FROM approvals WHERE id = $1',
          [approvalOf(asked)],
        );
        return row?.error === 'REFUND_EXCEEDS_REST';
      });
      expect(await world.refunds(order.id)).toHaveLength(1);
    });

    it('lets buyers and sellers in time ask for any amount themselves', async () => {
      const order = await world.paidOrder([seller], { priceMinor: 9000 });
      const response = await world.requestRefund(order.id, order.buyer);
      expect(response.body).toMatchObject({ data: { refund: { amount: 9000 }, approval: null } });
    });
  });
});
